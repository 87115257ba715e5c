/**
 * Reads one answer of TAP, however odd, element by element.
 * May use tap.api and what is below it.
 * Read {@link io.tapsentinel.tap.answer.TapEventReader} first.
 */
package io.tapsentinel.tap.answer;
