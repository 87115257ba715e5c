/**
 * Properties, secrets, and the remedy for each known problem.
 * May use process.
 * Read {@link io.tapsentinel.config.SettingReader} first.
 */
package io.tapsentinel.config;
