package io.tapsentinel.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.tapsentinel.sandbox.LoopbackServer;
import io.tapsentinel.tap.EventType;
import io.tapsentinel.tap.TapLimits;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A TAP whose events say something else as time goes by. It refuses windows as TAP does, shows rows of the statuses that were asked
 * for, and shuffles parts and threats in every answer. Faults on its way come from {@link #proxy}.
 */
public final class ScriptedTap implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final MovableClock clock;
    private final LoopbackServer server;
    private final FaultProxy proxy;
    private final DateProxy date;
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final Map<Event, Integer> shown = Collections.synchronizedMap(new HashMap<>());
    private final Random order = new Random(4);

    /**
     * One event.
     *
     * @param visibleAt when answers begin to show it
     * @param versions  what it says, the earliest first
     */
    public record Event(EventType type, Instant created, Instant visibleAt, List<Version> versions) {}

    /**
     * What an event says from an instant on.
     *
     * @param statuses the statuses of its threats; it is shown to those who ask for one of them
     */
    public record Version(Instant from, List<String> statuses, ObjectNode row) {}

    public ScriptedTap(MovableClock clock) throws IOException {
        this.clock = clock;
        this.server = LoopbackServer.start(this::handle, 0);
        this.proxy = new FaultProxy(server.uri());
        this.date = new DateProxy(proxy.uri(), clock::now);
    }

    public URI uri() {
        return date.uri();
    }

    public FaultProxy proxy() {
        return proxy;
    }

    public void add(Event event) {
        events.add(event);
    }

    /** How many answers have shown this event. */
    public int shown(Event event) {
        return shown.getOrDefault(event, 0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        Map<String, String> query = query(exchange.getRequestURI());
        Instant[] window = Arrays.stream(query.getOrDefault("interval", "/").split("/"))
                .map(Instant::parse)
                .toArray(Instant[]::new);
        String refusal = refusal(exchange, query, window);
        byte[] body = refusal == null
                ? JSON.writeValueAsBytes(
                        answer(window, List.of(query.get("threatStatus").split(","))))
                : refusal.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", refusal == null ? "application/json" : "text/plain");
        exchange.sendResponseHeaders(refusal == null ? 200 : 400, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private String refusal(HttpExchange exchange, Map<String, String> query, Instant[] window) {
        Duration length = Duration.between(window[0], window[1]);
        if (!exchange.getRequestURI().getPath().equals("/v2/siem/all") || !"json".equals(query.get("format"))) {
            return "The request is badly formed";
        }
        if (length.compareTo(TapLimits.SHORTEST_WINDOW) < 0) {
            return "The requested interval is too short (<30.00s)";
        }
        if (length.compareTo(TapLimits.LONGEST_WINDOW) > 0) {
            return "The requested interval is too long";
        }
        if (window[0].isBefore(clock.now().minus(TapLimits.HISTORY))) {
            return "The requested start time is too far into the past (7.00d)";
        }
        return window[1].isAfter(clock.now()) ? "The requested interval is still current" : null;
    }

    private synchronized ObjectNode answer(Instant[] window, List<String> statuses) {
        ObjectNode answer = JSON.createObjectNode().put("queryEndTime", window[1].toString());
        List.of(EventType.values()).forEach(type -> answer.putArray(type.arrayName()));
        Instant now = clock.now();
        for (Event event : events) {
            if (event.created().isBefore(window[0])
                    || event.created().isAfter(window[1])
                    || event.visibleAt().isAfter(now)) {
                continue;
            }
            event.versions().stream()
                    .filter(version -> !version.from().isAfter(now))
                    .reduce((before, after) -> after)
                    .filter(version -> version.statuses().stream().anyMatch(statuses::contains))
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

    private static Map<String, String> query(URI uri) {
        Map<String, String> query = new HashMap<>();
        for (String pair : uri.getRawQuery().split("&")) {
            String[] sides = pair.split("=", 2);
            query.merge(
                    sides[0], URLDecoder.decode(sides[1], StandardCharsets.UTF_8), (first, next) -> first + "," + next);
        }
        return query;
    }

    @Override
    public void close() throws IOException {
        date.close();
        proxy.close();
        server.close();
    }
}
