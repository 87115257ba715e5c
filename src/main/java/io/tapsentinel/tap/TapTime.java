package io.tapsentinel.tap;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.Optional;

/** Reads the times that TAP writes: ISO 8601, in UTC where no offset is given. */
public final class TapTime {

    private TapTime() {
    }

    /** The instant, cut to microseconds (a Kusto datetime holds no more than 100 ns), or empty when this is no time. */
    public static Optional<Instant> parse(Object value) {
        if (!(value instanceof String text)) {
            return Optional.empty();
        }
        try {
            TemporalAccessor parsed = DateTimeFormatter.ISO_DATE_TIME.parseBest(text.strip(), Instant::from, LocalDateTime::from);
            Instant instant = parsed instanceof LocalDateTime local ? local.toInstant(ZoneOffset.UTC) : (Instant) parsed;
            return Optional.of(instant.truncatedTo(ChronoUnit.MICROS));
        } catch (DateTimeParseException notATime) {
            return Optional.empty();
        }
    }
}
