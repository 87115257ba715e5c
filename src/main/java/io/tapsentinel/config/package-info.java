/**
 * Where a property's value comes from.
 * May use process.
 * Read {@link io.tapsentinel.config.SettingReader} first.
 */
package io.tapsentinel.config;
