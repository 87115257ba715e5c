package io.tapsentinel.tap.answer;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.NastyAnswers;
import io.tapsentinel.tap.api.Mutation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Checks how a reader handles a mutated answer. */
final class ReaderCheck {

    static final Instant WINDOW_END = Instant.parse("2026-11-20T11:00:00Z");

    private ReaderCheck() {}

    /** The mistakes of a reader. */
    enum Violation {
        /** An event before the mutation did not land unchanged. */
        LOST_BEFORE,
        /** An event after the mutation did not land, and the reader did not fail. */
        LOST_BEHIND,
        /** The reader failed after it had handed over something behind the mutation. */
        TRUSTED_TOO_EARLY,
        /**
         * The reader did not fail, and handed over something that was not an element before and does not contain the
         * mutation.
         */
        MADE_OF_CONTENT,
        /** An event without the mutation changed or is unreadable. */
        CHANGED,
        /** The element with the mutation was not handed over, and the reader did not fail. */
        DROPPED,
        /** A truncated answer counts as complete. */
        CUT_UNNOTICED,
        /** The reader threw an exception that is not meant for a broken answer. */
        THROWN,
        /** A message shows content. */
        CONTENT_SHOWN
    }

    /** How the reader ended. */
    enum End {
        AS_BEFORE,
        ANOTHER_VALUE,
        REJECTED_ALONE,
        UNKNOWN_TYPE,
        /** The element with the mutation landed with another value before the reader failed. */
        ANOTHER_VALUE_THEN_FAILED,
        WINDOW_FAILED
    }

    /**
     * What a reader handed over.
     *
     * @param event   null for an unreadable element
     * @param unknown whether it was in an array of an unknown type
     */
    record Handed(long offset, long length, EventKey key, Map<String, Object> event, boolean unknown, String message) {

        long end() {
            return offset + length;
        }

        boolean isSame(Handed other) {
            return event != null && event.equals(other.event);
        }
    }

    /** A way to read an answer. */
    @FunctionalInterface
    interface Reading {
        void read(byte[] answer, Consumer<Handed> to) throws IOException;
    }

    record Result(End end, List<Violation> violations) {}

    /** The program's reader, with the offsets of {@link AnswerScanner}. */
    static void read(byte[] answer, Consumer<Handed> to) throws IOException {
        AnswerScanner scanner = new AnswerScanner(new ByteArrayInputStream(answer), WINDOW_END, null);
        TapEventReader.Others others = new TapEventReader.Others() {
            @Override
            public void unknown(String array, EventKey key, boolean keyedByBytes, Map<String, Object> fields) {
                hand(scanner, key, fields, true, "", to);
            }

            @Override
            public void unreadable(UnreadableElement element) {
                hand(scanner, element.key(), null, false, element.reason(), to);
            }
        };
        try (TapEventReader reader = new TapEventReader(() -> new ByteArrayInputStream(answer), WINDOW_END, others)) {
            reader.forEachRemaining(event -> hand(scanner, event.getKey(), event.getFields(), false, "", to));
        }
    }

    private static void hand(
            AnswerScanner scanner,
            EventKey key,
            Map<String, Object> event,
            boolean unknown,
            String message,
            Consumer<Handed> to) {
        try {
            JsonValue value = scanner.next();
            while (EventType.ofArray(scanner.array()).isEmpty() && !value.isObject()) {
                value = scanner.next();
            }
            to.accept(new Handed(value.offset(), value.length(), key, event, unknown, message));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads the mutated answer and compares. */
    static Result check(byte[] before, List<Handed> original, Mutation accident, Reading reading) {
        List<Handed> handed = new ArrayList<>();
        List<Violation> violations = new ArrayList<>();
        Throwable thrown = null;
        try {
            reading.read(accident.document(), handed::add);
        } catch (TapAnswerException e) {
            thrown = e;
        } catch (IOException | RuntimeException | Error e) {
            thrown = e;
            violations.add(Violation.THROWN);
        }
        int accidentEnd = accident.document().length - accident.suffix();
        int behindFrom = before.length - accident.suffix();
        long untouchedBefore = original.stream()
                .filter(event -> follower(before, (int) event.end()) < accident.prefix())
                .count();
        Map<Long, Handed> byOffset = new HashMap<>();
        original.forEach(event -> byOffset.put(event.offset(), event));

        long landedBefore = 0;
        long landedBehind = 0;
        long inside = 0;
        for (Handed one : handed) {
            boolean isBefore = one.end() <= accident.prefix();
            boolean isBehind = one.offset() >= accidentEnd;
            if (!isBefore && !isBehind) {
                inside++;
                continue;
            }
            Handed was = byOffset.get(isBefore ? one.offset() : one.offset() - accidentEnd + behindFrom);
            if (was == null || was.length() != one.length()) {
                violations.add(thrown == null ? Violation.MADE_OF_CONTENT : Violation.TRUSTED_TOO_EARLY);
            } else if (!one.isSame(was)) {
                violations.add(Violation.CHANGED);
            } else if (isBehind) {
                landedBehind++;
            } else {
                landedBefore++;
            }
        }
        if (landedBefore < untouchedBefore) {
            violations.add(Violation.LOST_BEFORE);
        }
        long behind =
                original.stream().filter(event -> event.offset() >= behindFrom).count();
        if (thrown == null && landedBehind < behind) {
            violations.add(Violation.LOST_BEHIND);
        }
        if (thrown != null && landedBehind > 0) {
            violations.add(Violation.TRUSTED_TOO_EARLY);
        }
        boolean insideOne =
                original.stream().anyMatch(event -> event.offset() < accident.prefix() && event.end() > behindFrom);
        if (thrown == null && insideOne && inside == 0) {
            violations.add(Violation.DROPPED);
        }
        boolean cut = accident.how() == Mutation.How.TRUNCATE && follower(before, accident.prefix()) < before.length;
        if (thrown == null && cut) {
            violations.add(Violation.CUT_UNNOTICED);
        }
        if (handed.stream().anyMatch(one -> showsContent(one.message()))
                || thrown != null && showsContent(String.valueOf(thrown.getMessage()))) {
            violations.add(Violation.CONTENT_SHOWN);
        }
        return new Result(
                thrown != null && inside > 0 ? End.ANOTHER_VALUE_THEN_FAILED : end(original, handed, thrown),
                violations);
    }

    private static End end(List<Handed> original, List<Handed> handed, Throwable thrown) {
        if (thrown != null) {
            return End.WINDOW_FAILED;
        }
        if (handed.stream().anyMatch(one -> one.event() == null)) {
            return End.REJECTED_ALONE;
        }
        if (handed.stream().anyMatch(Handed::unknown)) {
            return End.UNKNOWN_TYPE;
        }
        boolean same = handed.size() == original.size();
        for (int i = 0; same && i < handed.size(); i++) {
            same = handed.get(i).isSame(original.get(i))
                    && handed.get(i).key().equals(original.get(i).key());
        }
        return same ? End.AS_BEFORE : End.ANOTHER_VALUE;
    }

    /** Position of the next byte that is not white space. */
    private static int follower(byte[] document, int at) {
        int next = at;
        while (next < document.length && " \n\r\t".indexOf(document[next]) >= 0) {
            next++;
        }
        return next;
    }

    private static boolean showsContent(String message) {
        return message.contains(NastyAnswers.MARKER) || message.contains("stranger");
    }
}
