package io.tapsentinel.sentinel.batch;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.tap.answer.UnreadableElement;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is stored at {@code tap.rejected.uri}: a record that its table cannot take, or not uncut.
 *
 * @param reason  why
 * @param subject the event
 * @param time    when it was rejected
 * @param refusal Sentinel's answer; null if nothing was sent
 * @param fields  the event's fields as its route left them, uncut; null if the event is unreadable
 * @param element the element of TAP's answer; null if it was readable
 */
public record RejectedRecord(
        Reason reason,
        Subject subject,
        Instant time,
        UploadException refusal,
        Map<String, Object> fields,
        UnreadableElement element) {

    /**
     * The event that a record is about, or an element that was not recognized as an event.
     *
     * @param type         name of its array in TAP's answer; a {@link io.tapsentinel.event.SafeName} if the array is
     *                     unknown
     * @param table        its table; null if there is none
     * @param key          its identity
     * @param keyedByBytes see {@link TapEvent#isKeyedByBytes}
     * @param otherGuid    see {@link TapEvent#getOtherGuid}
     */
    public record Subject(String type, String table, EventKey key, boolean keyedByBytes, long otherGuid) {}

    /** A record of an event. */
    public static RejectedRecord of(
            TapEvent event, Reason reason, Instant time, UploadException refusal, Map<String, Object> fields) {
        EventType type = event.getType();
        Subject subject = new Subject(
                type.arrayName(), type.table(), event.getKey(), event.isKeyedByBytes(), event.getOtherGuid());
        return new RejectedRecord(reason, subject, time, refusal, fields, null);
    }

    /** An event of an unknown type. */
    public static RejectedRecord unknown(
            String array, EventKey key, boolean keyedByBytes, Instant time, Map<String, Object> fields) {
        Subject subject = new Subject(array, null, key, keyedByBytes, 0);
        return new RejectedRecord(Reason.UNKNOWN_TYPE, subject, time, null, fields, null);
    }

    /** An unreadable element. */
    public static RejectedRecord unreadable(UnreadableElement element, Instant time) {
        String table = EventType.ofArray(element.array()).map(EventType::table).orElse(null);
        Subject subject = new Subject(element.array(), table, element.key(), false, 0);
        return new RejectedRecord(Reason.UNREADABLE, subject, time, null, null, element);
    }

    /** Why a record was rejected. */
    public enum Reason {
        /** Sentinel refuses this record and accepts others. */
        REFUSED("refused"),
        /** It exceeds one request. */
        TOO_LARGE("too-large"),
        /** Its event was delivered with cut values; this is the uncut event. */
        CAPPED("capped"),
        /** It came in an array that this program does not know. */
        UNKNOWN_TYPE("unknown-type"),
        /** It is not an event, or not JSON. */
        UNREADABLE("unreadable");

        /** The words of all reasons as a pattern group. */
        public static final String WORDS =
                Stream.of(values()).map(Reason::word).collect(Collectors.joining("|", "(", ")"));

        private final String word;

        Reason(String word) {
            this.word = word;
        }

        /** The word used in documents, log lines and counters. */
        public String word() {
            return word;
        }
    }

    /** Contains no content. */
    @Override
    public String toString() {
        return reason.word() + " " + subject.type() + " " + subject.key();
    }
}
