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
 * @param type    name of the array that it stood in in TAP's answer; its {@link io.tapsentinel.event.SafeName} when that is unknown
 * @param table   the table it was meant for; null when there is none
 * @param key     its identity
 * @param time    when it was rejected
 * @param refusal what Sentinel answered; null when it was never asked
 * @param fields  the event's fields as its route handed them over, none cut; null when it cannot be read
 * @param keyedByBytes see {@link TapEvent#isKeyedByBytes}
 * @param otherGuid see {@link TapEvent#getOtherGuid}
 * @param element what stands in TAP's answer; null when it could be read
 */
public record RejectedRecord(
        Reason reason,
        String type,
        String table,
        EventKey key,
        Instant time,
        UploadException refusal,
        Map<String, Object> fields,
        boolean keyedByBytes,
        long otherGuid,
        UnreadableElement element) {

    public RejectedRecord(
            Reason reason,
            String type,
            String table,
            EventKey key,
            Instant time,
            UploadException refusal,
            Map<String, Object> fields) {
        this(reason, type, table, key, time, refusal, fields, false, 0, null);
    }

    /** An element that cannot be read. */
    public static RejectedRecord unreadable(UnreadableElement element, Instant time) {
        String table = EventType.ofArray(element.array()).map(EventType::table).orElse(null);
        return new RejectedRecord(
                Reason.UNREADABLE, element.array(), table, element.key(), time, null, null, false, 0, element);
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
        return reason.word() + " " + type + " " + key;
    }
}
