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
 * One generated event.
 *
 * @param type      selects the array in TAP's answer
 * @param created   time by which windows select events, in whole milliseconds: the later of click or message time and the newest
 *                  threat time
 * @param visibleAt time from which answers contain the event, in whole milliseconds
 * @param id        UUID, or null if the event has none
 * @param guid      the message's GUID, shared by the events of all recipients
 * @param incident  shared by the events of all recipients
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

    /** Click time or message time: never after {@link #created()}, sometimes days before it. */
    public Instant happened() {
        return incident.happened();
    }

    /** Whether a request for these threat statuses returns the event. */
    boolean matches(Set<String> threatStatuses) {
        return incident.threats().stream().anyMatch(threat -> threat.matches(threatStatuses));
    }

    /** Identity that tests use to compare generated events with delivered rows. */
    public String truthKey() {
        return truthKey(type, id, guid, recipient);
    }

    /**
     * {@code type|id|recipient}, or without an id {@code type||recipient|GUID}; the type is the name of TAP's array.
     *
     * @param id null or empty if the row has none
     */
    public static String truthKey(EventType type, String id, String guid, String recipient) {
        boolean without = id == null || id.isEmpty();
        return type.arrayName() + '|' + (without ? "" : id) + '|' + recipient + (without ? '|' + guid : "");
    }

    /** Writes the event as a JSON object. Only the order of {@code messageParts} depends on {@code order}. */
    public void write(JsonGenerator json, Random order) throws IOException {
        JSON.writeValue(json, EventJson.of(this, order));
    }

    @Override
    public String toString() {
        return type.arrayName() + ' ' + (id == null ? guid : id);
    }
}
