package io.tapsentinel.event;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Formats numbers, sizes, durations and times for people: in logs, health, reports and on the page. All times are UTC. */
public final class HumanText {

    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMM ", Locale.ENGLISH);
    private static final DateTimeFormatter YEAR = DateTimeFormatter.ofPattern("d MMM uuuu ", Locale.ENGLISH);

    private HumanText() {}

    /** {@code 12,345} */
    public static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** {@code 1 record}, {@code 2 records} */
    public static String count(long number, String one) {
        return number(number) + " " + one + (number == 1 ? "" : "s");
    }

    /** {@code 512 bytes}, {@code 7.1 kB}, {@code 1,000 MB}; 1 kB is 1,000 bytes. */
    public static String bytes(long bytes) {
        return bytes < 1_000
                ? count(bytes, "byte")
                : bytes < 999_950
                        ? scaled(bytes / 1e3) + " kB"
                        : bytes < 10_000_000_000L ? scaled(bytes / 1e6) + " MB" : scaled(bytes / 1e9) + " GB";
    }

    private static String scaled(double number) {
        long tenths = Math.round(number * 10);
        return number(tenths / 10) + (tenths % 10 == 0 ? "" : "." + tenths % 10);
    }

    /** The two largest units, {@code 2 d 3 h}, {@code 5 min}; under 10 seconds with one decimal, {@code 0.8 s}; {@code 77 ms}. */
    public static String duration(Duration duration) {
        Duration length = duration.abs();
        String sign = duration.isNegative() ? "-" : "";
        if (length.toDays() > 0) {
            return sign + length.toDays() + " d" + unless0(length.toHoursPart(), " h");
        }
        if (length.toHours() > 0) {
            return sign + length.toHours() + " h" + unless0(length.toMinutesPart(), " min");
        }
        if (length.toMinutes() > 0) {
            return sign + length.toMinutes() + " min" + unless0(length.toSecondsPart(), " s");
        }
        long millis = length.toMillis();
        if (millis > 0 && millis < 100) {
            return sign + millis + " ms";
        }
        long tenths = millis / 100;
        return sign + (tenths % 10 == 0 || tenths >= 100 ? tenths / 10 + "" : tenths / 10 + "." + tenths % 10) + " s";
    }

    private static String unless0(int part, String unit) {
        return part == 0 ? "" : " " + part + unit;
    }

    /** {@code 22:36 UTC}, {@code 21 Nov 22:36:07 UTC}: seconds, day and year only where they say something. */
    public static String time(Instant time, Instant now) {
        LocalDateTime at = LocalDateTime.ofInstant(time.truncatedTo(ChronoUnit.SECONDS), ZoneOffset.UTC);
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        String day = at.toLocalDate().equals(today) ? "" : (at.getYear() == today.getYear() ? DAY : YEAR).format(at);
        return day + at.toLocalTime() + " UTC";
    }

    /** {@code 2026-11-20 22:36:07 UTC} */
    public static String time(Instant time) {
        LocalDateTime at = LocalDateTime.ofInstant(time.truncatedTo(ChronoUnit.SECONDS), ZoneOffset.UTC);
        return at.toLocalDate() + " " + at.toLocalTime() + " UTC";
    }

    /** {@code 2026-11-20 22:00-23:00 UTC}, with a second date where the range ends on another day. */
    public static String range(Instant from, Instant to) {
        LocalDateTime start = LocalDateTime.ofInstant(from, ZoneOffset.UTC);
        LocalDateTime end = LocalDateTime.ofInstant(to, ZoneOffset.UTC);
        LocalTime until = end.toLocalTime();
        return start.toLocalDate().equals(end.toLocalDate())
                ? start.toLocalDate() + " " + start.toLocalTime() + "-" + until + " UTC"
                : start.toLocalDate() + " " + start.toLocalTime() + " - " + end.toLocalDate() + " " + until + " UTC";
    }
}
