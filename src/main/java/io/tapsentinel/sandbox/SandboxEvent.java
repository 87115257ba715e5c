package io.tapsentinel.sandbox;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tapsentinel.event.EventType;
import java.io.IOException;
import java.time.Instant;
import java.util.Random;
import java.util.Set;

/**
 * One generated event: what decides whether an answer contains it, who it is, and how it is written. Its text shows no content.
 *
 * @param type      which array it stands in
 * @param created   when TAP created it, in whole milliseconds; windows select by it. Always the later of click or message time
 *                  and the newest threat time
 * @param visibleAt from when on a window that contains {@code created} returns it, in whole milliseconds
 * @param id        its UUID, or null when the event carries none
 * @param guid      the message's GUID, shared by the events of all its recipients
 * @param recipient the one recipient
 * @param incident  what it shares with the events of the other recipients
 */
public record SandboxEvent(
        EventType type,
        Instant created,
        Instant visibleAt,
        String id,
        String guid,
        String recipient,
        SandboxIncident incident) {

    private static final ObjectWriter JSON =
            new ObjectMapper().writer().without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);

    /** Click time or message time: at or before {@link #created()}, at times by days. */
    public Instant happened() {
        return incident.happened();
    }

    /** Whether a request for these threat statuses returns it. */
    boolean matches(Set<String> threatStatuses) {
        return incident.threats().stream().anyMatch(threat -> threat.matches(threatStatuses));
    }

    /** Identity for tests that compare what was generated with what has landed, as the static method of this name builds it. */
    public String truthKey() {
        return truthKey(type, id, guid, recipient);
    }

    /**
     * {@code type|id|recipient}, and where there is no id {@code type||recipient|GUID}; the type is the name of TAP's array.
     *
     * @param id null or empty where the row has none
     */
    public static String truthKey(EventType type, String id, String guid, String recipient) {
        boolean without = id == null || id.isEmpty();
        return type.arrayName() + '|' + (without ? "" : id) + '|' + recipient + (without ? '|' + guid : "");
    }

    /**
     * Writes the event as one JSON object. Only the order of {@code messageParts} depends on {@code order}, as it differs
     * between two answers of the real service; everything else is the same each time.
     */
    public void write(JsonGenerator json, Random order) throws IOException {
        JSON.writeValue(json, EventJson.of(this, order));
    }

    @Override
    public String toString() {
        return type.arrayName() + ' ' + (id == null ? guid : id);
    }
}
