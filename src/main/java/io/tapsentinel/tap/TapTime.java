package io.tapsentinel.tap;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.Optional;

/** Reads the times that TAP writes: ISO 8601, in UTC where no offset is given. */
public final class TapTime {

    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant AFTER_LAST = Instant.parse("+10000-01-01T00:00:00Z");

    private TapTime() {}

    /** The instant, cut to microseconds (a Kusto datetime holds no more than 100 ns), or empty when this is no time. */
    public static Optional<Instant> parse(Object value) {
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
}
