package io.tapsentinel.sentinel.upload;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;

/** The header {@code Retry-After}: seconds or an HTTP date (RFC 9110, 10.2.3). */
final class RetryAfter {

    /** The longest wait that is believed. */
    static final Duration LONGEST = Duration.ofHours(1);

    private RetryAfter() {}

    /**
     * How long to wait from now, zero to an hour; a date that is past is zero.
     *
     * @param header may be null
     * @return null when the header says nothing that can be read; a negative number is such a thing
     */
    static Duration parse(String header, Instant now) {
        if (header == null) {
            return null;
        }
        String value = header.strip();
        try {
            return value.matches("\\d+") ? seconds(value) : within(Duration.between(now, date(value)));
        } catch (DateTimeException | ArithmeticException neither) {
            return null;
        }
    }

    private static Duration seconds(String digits) {
        // more digits than a number has room for are a long time too
        return digits.length() > 9 && !digits.matches("0+\\d{1,9}")
                ? LONGEST
                : within(Duration.ofSeconds(Long.parseLong(digits)));
    }

    private static Instant date(String value) {
        return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value));
    }

    private static Duration within(Duration wait) {
        return wait.isNegative() ? Duration.ZERO : wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }
}
