package io.tapsentinel.tap.answer;

import io.tapsentinel.event.EventIdentity;
import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.LiveSpelling;
import io.tapsentinel.tap.answer.ReaderCheck.Handed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;

/** Readers of answers with one mistake each. */
final class BrokenReaders {

    private BrokenReaders() {}

    /** Continues at the next brace after an error. */
    static void searchesForTheNextBrace(byte[] answer, Consumer<Handed> to) throws IOException {
        long[] end = {0};
        try {
            ReaderCheck.read(answer, handed -> {
                end[0] = handed.end();
                to.accept(handed);
            });
        } catch (TapAnswerException outOfStep) {
            int at = (int) end[0];
            while (at < answer.length) {
                at = answer[at] == '{' ? at + element(answer, at, to) : at + 1;
            }
        }
    }

    /** Skips unreadable elements silently. */
    static void dropsWhatCannotBeRead(byte[] answer, Consumer<Handed> to) throws IOException {
        ReaderCheck.read(answer, handed -> {
            if (handed.event() != null) {
                to.accept(handed);
            }
        });
    }

    /** Takes the end of the stream for the end of the document. */
    static void commitsWithoutTheEnd(byte[] answer, Consumer<Handed> to) throws IOException {
        try {
            ReaderCheck.read(answer, to);
        } catch (TapAnswerException e) {
            if (!e.getMessage().endsWith(" at byte " + answer.length)) {
                throw e;
            }
        }
    }

    /** Hands over what follows an unreadable element before checking the rest of the answer. */
    static void goesOnWithoutASurvey(byte[] answer, Consumer<Handed> to) throws IOException {
        AnswerScanner scanner = new AnswerScanner(new ByteArrayInputStream(answer), ReaderCheck.WINDOW_END, null);
        for (JsonValue value = scanner.next(); value != null; value = scanner.next()) {
            to.accept(handed(value));
        }
    }

    /** Length of what was taken for an element. */
    private static int element(byte[] answer, int at, Consumer<Handed> to) throws IOException {
        byte[] rest = Arrays.copyOfRange(answer, at, answer.length);
        try {
            JsonValue value = new JsonScanner(new ByteArrayInputStream(rest)).value();
            Handed found = handed(value);
            to.accept(new Handed(at, value.length(), found.key(), found.event(), false, found.message()));
            return (int) value.length();
        } catch (TapAnswerException e) {
            return 1;
        }
    }

    private static Handed handed(JsonValue value) {
        try {
            var fields = LenientJson.read(value).fields();
            LiveSpelling.fold(fields);
            EventKey key = EventIdentity.of(EventType.MESSAGES_BLOCKED, fields);
            return new Handed(value.offset(), value.length(), key, fields, false, "");
        } catch (LenientJson.UnreadableException e) {
            return new Handed(value.offset(), value.length(), null, null, false, e.getMessage());
        }
    }
}
