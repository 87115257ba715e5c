package io.tapsentinel.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.tapsentinel.event.EventType;
import io.tapsentinel.sandbox.LoopbackServer;
import io.tapsentinel.sandbox.TapRequestCheck;
import io.tapsentinel.sandbox.TapRequestCheck.Asked;
import io.tapsentinel.tap.plan.TimeRange;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A TAP whose events change over time. It refuses windows like TAP, filters by status, and shuffles parts and threats in every answer.
 * {@link #proxy} adds faults.
 */
public final class ScriptedTap implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final MovableClock clock;
    private final TapRequestCheck check = new TapRequestCheck("principal", "hush-hush");
    private final LoopbackServer server;
    private final FaultProxy proxy;
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final Map<Event, Integer> shown = Collections.synchronizedMap(new HashMap<>());
    private final Random order = new Random(4);

    /**
     * One event.
     *
     * @param visibleAt time from which answers contain it
     * @param versions  earliest first
     */
    public record Event(EventType type, Instant created, Instant visibleAt, List<Version> versions) {}

    /**
     * An event's content from an instant on.
     *
     * @param statuses of its threats; requests for one of them return it
     */
    public record Version(Instant from, List<String> statuses, ObjectNode row) {}

    public ScriptedTap(MovableClock clock) throws IOException {
        this.clock = clock;
        this.server = LoopbackServer.start(this::handle, 0);
        this.proxy = new FaultProxy(server.uri()).date(clock::now);
    }

    public URI uri() {
        return proxy.uri();
    }

    public FaultProxy proxy() {
        return proxy;
    }

    public void add(Event event) {
        events.add(event);
    }

    /** Removes this event from further answers. */
    public void remove(Event event) {
        events.remove(event);
    }

    /** Number of answers with this event. */
    public int shown(Event event) {
        return shown.getOrDefault(event, 0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        Optional<Asked> asked = check.admit(exchange, clock.now());
        if (asked.isPresent()) {
            JsonAnswer.send(exchange, 200, answer(asked.get()).toString());
        }
        exchange.close();
    }

    private synchronized ObjectNode answer(Asked asked) {
        TimeRange window = asked.window();
        ObjectNode answer =
                JSON.createObjectNode().put("queryEndTime", window.to().toString());
        asked.types().forEach(type -> answer.putArray(type.arrayName()));
        Instant now = clock.now();
        for (Event event : events) {
            if (!asked.types().contains(event.type())
                    || event.created().isBefore(window.from())
                    || event.created().isAfter(window.to())
                    || event.visibleAt().isAfter(now)) {
                continue;
            }
            event.versions().stream()
                    .filter(version -> !version.from().isAfter(now))
                    .reduce((before, after) -> after)
                    .filter(version -> version.statuses().stream().anyMatch(asked.statuses()::contains))
                    .ifPresent(version -> {
                        answer.withArray(event.type().arrayName()).add(shuffled(version.row()));
                        shown.merge(event, 1, Integer::sum);
                    });
        }
        return answer;
    }

    private ObjectNode shuffled(ObjectNode row) {
        ObjectNode copy = row.deepCopy();
        for (String name : List.of("messageParts", "threatsInfoMap")) {
            if (copy.get(name) instanceof ArrayNode array) {
                List<JsonNode> parts = new ArrayList<>();
                array.forEach(parts::add);
                Collections.shuffle(parts, order);
                copy.putArray(name).addAll(parts);
            }
        }
        return copy;
    }

    @Override
    public void close() throws IOException {
        proxy.close();
        server.close();
    }
}
