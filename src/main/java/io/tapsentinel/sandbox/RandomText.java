package io.tapsentinel.sandbox;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.SplittableRandom;

/** Generates random text for events. Avoids formatters: this is the generator's inner loop. */
final class RandomText {

    private static final char[] DIGITS = "0123456789abcdef".toCharArray();

    private final SplittableRandom random;
    private final char[] buffer = new char[64];

    RandomText(SplittableRandom random) {
        this.random = random;
    }

    /** At most 64 hexadecimal digits. */
    String hex(int digits) {
        fill(0, digits);
        return new String(buffer, 0, digits);
    }

    /** A random UUID (version 4), in lower case. */
    String uuid() {
        fill(0, 36);
        buffer[8] = '-';
        buffer[13] = '-';
        buffer[14] = '4';
        buffer[18] = '-';
        buffer[19] = DIGITS[8 | random.nextInt(4)];
        buffer[23] = '-';
        return new String(buffer, 0, 36);
    }

    /** An address in 10.0.0.0/8. */
    String ip() {
        int bits = random.nextInt();
        return new StringBuilder(15)
                .append("10.")
                .append(bits >>> 24)
                .append('.')
                .append(bits >>> 16 & 255)
                .append('.')
                .append(bits >>> 8 & 255)
                .toString();
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean chance(double share) {
        return random.nextDouble() < share;
    }

    @SafeVarargs
    final <T> T pick(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** TAP's format, always with three decimals: {@code 2026-11-20T10:30:00.000Z}. */
    static String time(Instant instant) {
        LocalDateTime utc = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), ZoneOffset.UTC);
        StringBuilder text = new StringBuilder(24).append(utc.getYear());
        two(text.append('-'), utc.getMonthValue());
        two(text.append('-'), utc.getDayOfMonth());
        two(text.append('T'), utc.getHour());
        two(text.append(':'), utc.getMinute());
        two(text.append(':'), utc.getSecond());
        int millis = utc.getNano() / 1_000_000;
        two(text.append('.').append((char) ('0' + millis / 100)), millis % 100);
        return text.append('Z').toString();
    }

    private static void two(StringBuilder text, int number) {
        text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }

    private void fill(int from, int to) {
        int at = from;
        while (at < to) {
            long bits = random.nextLong();
            for (int end = Math.min(to, at + 16); at < end; at++) {
                buffer[at] = DIGITS[(int) bits & 15];
                bits >>>= 4;
            }
        }
    }
}
