/**
 * Where a property's value comes from, and what to put right about each known problem.
 * May use process.
 * Read {@link io.tapsentinel.config.SettingReader} first.
 */
package io.tapsentinel.config;
