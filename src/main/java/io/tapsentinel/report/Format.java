package io.tapsentinel.report;

import io.tapsentinel.event.DurationWords;
import io.tapsentinel.event.EventType;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** How numbers, times and names are written for people: thousands set apart, UTC, nothing that a record says. */
public final class Format {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Format() {}

    /** Thousands set apart. */
    public static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** {@code 1 record}, {@code 2 records}. */
    public static String count(long number, String one) {
        return number(number) + " " + one + (number == 1 ? "" : "s");
    }

    static String time(Instant time) {
        return TIME.format(time);
    }

    static String time(long millis) {
        return time(Instant.ofEpochMilli(millis));
    }

    /** The two largest units: {@code 2 d 3 h}, {@code 5 min 0 s}. */
    public static String length(Duration length) {
        return DurationWords.of(length);
    }

    /** The table of a stream; the stream itself when there is none, which is a {@link io.tapsentinel.event.SafeName}. */
    public static String table(String stream) {
        return EventType.ofArray(stream).map(EventType::table).orElse(stream);
    }
}
