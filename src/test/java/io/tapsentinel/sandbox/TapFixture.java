package io.tapsentinel.sandbox;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapsentinel.event.EventType;
import io.tapsentinel.testing.MovableClock;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/** A running SandboxTap with its clock and a client. */
final class TapFixture implements AutoCloseable {

    static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    static final ObjectMapper MAPPER = new ObjectMapper();

    final MovableClock clock = new MovableClock(NOON);
    final SandboxEvents events;
    final SandboxTap tap;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    TapFixture(SandboxSettings settings) throws IOException {
        this(settings, SandboxTap.REQUESTS_PER_DAY);
    }

    TapFixture(SandboxSettings settings, int requestsPerDay) throws IOException {
        events = new SandboxEvents(settings);
        tap = new SandboxTap(events, clock, "principal", "secret", requestsPerDay).start();
    }

    /** An event's JSON; the seed shuffles its parts. */
    static String json(SandboxEvent event, long shuffleSeed) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = MAPPER.createGenerator(text)) {
            event.write(json, new Random(shuffleSeed));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }

    static ObjectNode tree(SandboxEvent event) {
        try {
            return (ObjectNode) MAPPER.readTree(json(event, 1));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    static String interval(Instant from, Instant to) {
        return "interval=" + from + "/" + to;
    }

    /** A query for the last half hour. */
    String lastHalfHour() {
        return interval(clock.instant().minus(Duration.ofMinutes(30)), clock.instant()) + "&format=json";
    }

    HttpRequest.Builder request(String path, String query) {
        String basic = Base64.getEncoder().encodeToString("principal:secret".getBytes(StandardCharsets.UTF_8));
        return HttpRequest.newBuilder(URI.create(tap.uri() + path + (query == null ? "" : "?" + query)))
                .header("Authorization", "Basic " + basic);
    }

    HttpResponse<String> get(String path, String query) throws IOException, InterruptedException {
        return send(request(path, query));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    HttpResponse<InputStream> stream(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    /** Truth keys of the rows of an answer, in order. */
    List<String> keys(HttpResponse<String> response) throws IOException {
        List<String> keys = new ArrayList<>();
        if (response.statusCode() == 204) {
            return keys;
        }
        JsonNode answer = MAPPER.readTree(response.body());
        for (EventType type : EventType.values()) {
            for (JsonNode row : answer.path(type.arrayName())) {
                JsonNode recipient = type.isClick()
                        ? row.get("recipient")
                        : row.get("recipient").get(0);
                keys.add(SandboxEvent.truthKey(
                        type, row.path("id").asText(null), row.get("GUID").asText(), recipient.asText()));
            }
        }
        return keys;
    }

    /** Truth keys that a window must return at this time. */
    List<String> truth(Instant from, Instant to, Instant at, EventType... types) {
        List<EventType> wanted = types.length == 0 ? List.of(EventType.values()) : List.of(types);
        List<String> keys = new ArrayList<>();
        for (Iterator<SandboxEvent> all = events.between(from, to); all.hasNext(); ) {
            SandboxEvent event = all.next();
            if (!event.visibleAt().isAfter(at) && wanted.contains(event.type())) {
                keys.add(event.truthKey());
            }
        }
        return keys;
    }

    @Override
    public void close() {
        tap.close();
    }
}
