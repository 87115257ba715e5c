package io.tapsentinel.replay;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.event.TapTime;
import io.tapsentinel.rejected.RejectedDocument;
import io.tapsentinel.sentinel.batch.RejectedRecord.Reason;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.tap.answer.TapEvents;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Turns a rejected record back into an event. The record may have been corrected, but must still be the same event. */
final class ReplayedRecord {

    private static final List<String> NEEDED = List.of("reason", "type", "key", "record");
    private static final Pattern KEY = Pattern.compile("[0-9a-f]{32}");

    private ReplayedRecord() {}

    /** The key of a repaired unreadable element; empty for all other records. */
    static Optional<EventKey> repairedKey(Map<String, Object> document) {
        return isUnreadable(document) ? key(document) : Optional.empty();
    }

    private static Optional<EventKey> key(Map<String, Object> document) {
        return document.get("key") instanceof String key && KEY.matcher(key).matches()
                ? Optional.of(EventKey.of(HexFormat.of().parseHex(key)))
                : Optional.empty();
    }

    private static boolean isUnreadable(Map<String, Object> document) {
        return Reason.UNREADABLE.word().equals(document.get("reason"));
    }

    /** @throws ReplayRefusedException if the record has no table, or its key shows another event */
    static TapEvent event(Map<String, Object> document, SeenKeys seen) {
        List<String> missing = NEEDED.stream()
                .filter(name -> !document.containsKey(name)
                        || name.equals("key") && key(document).isEmpty())
                .toList();
        if (!missing.isEmpty()) {
            throw new ReplayRefusedException("a rejected record in it lacks " + String.join(", ", missing)
                    + "; required: " + String.join(", ", NEEDED));
        }
        EventType type = EventType.ofArray(String.valueOf(document.get("type")))
                .orElseThrow(() -> new ReplayRefusedException(
                        "its type is unknown, so it has no table; keep it for a newer version"));
        if (document.get("table") instanceof String table && !table.equals(type.table())) {
            throw new ReplayRefusedException(
                    "its type is " + type.arrayName() + ", but its table belongs to another type; restore both");
        }
        boolean repaired = isUnreadable(document);
        Map<String, Object> fields = RejectedDocument.record(document);
        if (fields == null) {
            throw new ReplayRefusedException(
                    repaired
                            ? "its element is unreadable; replace the null after \"record\" by the repaired event, an object"
                            : "its record is not an object");
        }
        ReplayGuard.requireEvent(type, fields);
        Instant time = TapTime.parse(document.get("time")).orElse(Instant.EPOCH);
        Optional<EventKey> given = key(document);
        TapEvent event = RejectedDocument.isKeyedByBytes(document) && given.isPresent()
                ? TapEvents.keyedByBytes(type, given.get(), fields, time)
                : TapEvents.of(type, fields, time);
        if (repaired) {
            return event;
        }
        // an earlier version stored the key it computed
        if (Stream.of(event.getKey(), event.getFormer())
                .noneMatch(key -> String.valueOf(key).equals(document.get("key")))) {
            throw new ReplayRefusedException(
                    "its key does not match its type and record, so an edit made it another event;"
                            + " restore type, id, GUID, times, recipients and threatID");
        }
        if (!Reason.CAPPED.word().equals(document.get("reason"))) {
            return EventLife.resend(event);
        }
        if (!seen.durable().contains(event)) {
            throw new ReplayRefusedException(
                    "its event was delivered with cut values and its key is deleted; it would be sent twice");
        }
        return event;
    }
}
