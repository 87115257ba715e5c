package io.tapsentinel.tap;

/**
 * What is known of TAP at this moment; runs learn it, health shows it.
 *
 * @param rest  what it said last, and how long it is left alone
 * @param clock its time
 * @param size  how much it can answer at once
 */
public record TapCondition(TapRest rest, TapClock clock, WindowSize size) {
}
