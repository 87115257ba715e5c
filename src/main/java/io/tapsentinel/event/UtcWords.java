package io.tapsentinel.event;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** A time near now as people read it. */
public final class UtcWords {

    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMM ", Locale.ENGLISH);
    private static final DateTimeFormatter YEAR = DateTimeFormatter.ofPattern("d MMM uuuu ", Locale.ENGLISH);

    private UtcWords() {}

    /** {@code 22:36 UTC}; with seconds when it is no whole minute, with day and year where they are not today's. */
    public static String of(Instant time, Instant now) {
        LocalDateTime at = LocalDateTime.ofInstant(time.truncatedTo(ChronoUnit.SECONDS), ZoneOffset.UTC);
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        String day = at.toLocalDate().equals(today) ? "" : (at.getYear() == today.getYear() ? DAY : YEAR).format(at);
        return day + at.toLocalTime() + " UTC";
    }
}
