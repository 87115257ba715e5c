/**
 * Reads one answer of TAP element by element, however odd it is.
 * May use tap.api and what is below it.
 * Read {@link io.tapsentinel.tap.answer.TapEventReader} first.
 */
package io.tapsentinel.tap.answer;
