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
 * A record that its table cannot take, or not as it is; what is stored at {@code tap.rejected.uri}.
 *
 * @param reason  why
 * @param subject what it is about
 * @param time    when it was rejected
 * @param refusal what Sentinel answered; null when it was never asked
 * @param fields  the event's fields as its route handed them over, none cut; null when it cannot be read
 * @param element what stands in TAP's answer; null when it could be read
 */
public record RejectedRecord(
        Reason reason,
        Subject subject,
        Instant time,
        UploadException refusal,
        Map<String, Object> fields,
        UnreadableElement element) {

    /**
     * The event that a record is about, or what was not recognized as one.
     *
     * @param type         name of the array that it stood in in TAP's answer; its {@link io.tapsentinel.event.SafeName} when that is unknown
     * @param table        the table it was meant for; null when there is none
     * @param key          its identity
     * @param keyedByBytes see {@link TapEvent#isKeyedByBytes}
     * @param otherGuid    see {@link TapEvent#getOtherGuid}
     */
    public record Subject(String type, String table, EventKey key, boolean keyedByBytes, long otherGuid) {}

    /** What became of an event. */
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

    /** An element that cannot be read. */
    public static RejectedRecord unreadable(UnreadableElement element, Instant time) {
        String table = EventType.ofArray(element.array()).map(EventType::table).orElse(null);
        Subject subject = new Subject(element.array(), table, element.key(), false, 0);
        return new RejectedRecord(Reason.UNREADABLE, subject, time, null, null, element);
    }

    /** Why a record was rejected. */
    public enum Reason {
        /** Sentinel refuses this record and takes others. */
        REFUSED("refused"),
        /** It does not fit into one request. */
        TOO_LARGE("too-large"),
        /** Its event was delivered with cut values; this is the whole of it. */
        CAPPED("capped"),
        /** It stood in an array that this program does not know. */
        UNKNOWN_TYPE("unknown-type"),
        /** It is no event, or not JSON. */
        UNREADABLE("unreadable");

        /** The words of all reasons, as alternatives of a pattern. */
        public static final String WORDS =
                Stream.of(values()).map(Reason::word).collect(Collectors.joining("|", "(", ")"));

        private final String word;

        Reason(String word) {
            this.word = word;
        }

        /** The word in documents, log lines and counters. */
        public String word() {
            return word;
        }
    }

    /** No content. */
    @Override
    public String toString() {
        return reason.word() + " " + subject.type() + " " + subject.key();
    }
}
