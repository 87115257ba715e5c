package io.tapsentinel.event;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses TAP's times: ISO 8601, UTC without an offset. Also accepts a blank instead of the T, an offset without a colon, a decimal comma,
 * and milliseconds since 1970.
 */
public final class TapTime {

    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant AFTER_LAST = Instant.parse("+10000-01-01T00:00:00Z");

    private static final Pattern NEARLY_ISO =
            Pattern.compile("(\\d{4}-\\d\\d-\\d\\d)[T ](\\d\\d:\\d\\d(?::\\d\\d)?)(?:[.,](\\d{1,9}))?"
                    + " ?(?:(Z)|([+-]\\d\\d)(?::?(\\d\\d))?)?");
    private static final Pattern DIGITS = Pattern.compile("\\d{12,13}");
    /** Years 1973 to 2286: a smaller number may be seconds, a larger one the digits of a date. */
    private static final BigDecimal FIRST_MILLIS = new BigDecimal("1E11");

    private static final BigDecimal AFTER_LAST_MILLIS = new BigDecimal("1E13");

    private TapTime() {}

    /** The instant, truncated to microseconds (Kusto's resolution is 100 ns); empty when the value is not a time. */
    public static Optional<Instant> parse(Object value) {
        if (value instanceof Number number) {
            return millis(number.toString());
        }
        return iso(value).or(() -> value instanceof String text ? odd(text.strip()) : Optional.empty());
    }

    /** Like {@link #parse}, but only ISO 8601. */
    public static Optional<Instant> iso(Object value) {
        if (!(value instanceof String text)) {
            return Optional.empty();
        }
        try {
            TemporalAccessor parsed =
                    DateTimeFormatter.ISO_DATE_TIME.parseBest(text.strip(), Instant::from, LocalDateTime::from);
            Instant instant =
                    parsed instanceof LocalDateTime local ? local.toInstant(ZoneOffset.UTC) : (Instant) parsed;
            // Kusto's datetime ends with the year 9999
            return Optional.of(instant.truncatedTo(ChronoUnit.MICROS))
                    .filter(time -> !time.isBefore(FIRST) && time.isBefore(AFTER_LAST));
        } catch (DateTimeException notATime) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> odd(String text) {
        if (DIGITS.matcher(text).matches()) {
            return millis(text);
        }
        Matcher time = NEARLY_ISO.matcher(text);
        if (!time.matches()) {
            return Optional.empty();
        }
        String decimals = time.group(3) == null ? "" : "." + time.group(3);
        String minutes = time.group(6) == null ? "00" : time.group(6);
        String offset = time.group(5) == null ? "Z" : time.group(5) + ":" + minutes;
        return iso(time.group(1) + "T" + time.group(2) + decimals + offset);
    }

    private static Optional<Instant> millis(String number) {
        try {
            BigDecimal millis = new BigDecimal(number);
            return millis.compareTo(FIRST_MILLIS) >= 0 && millis.compareTo(AFTER_LAST_MILLIS) < 0
                    ? Optional.of(Instant.ofEpochMilli(millis.longValue()))
                    : Optional.empty();
        } catch (NumberFormatException notFinite) {
            return Optional.empty();
        }
    }
}
