/**
 * Requests to TAP: credentials, refusals (401, 403, 429) and the rest after them, clock, limits of answers.
 * May use tap.plan and what is below it.
 * Read {@link io.tapsentinel.tap.api.TapBackoff} first.
 */
package io.tapsentinel.tap.api;
