package io.tapsentinel.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import io.tapsentinel.event.EventType;
import io.tapsentinel.testing.MovableClock;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LookOnceCounterTest {

    /** Random windows at random times: polls with look-back, gaps, catch-up, sweeps, other paths and refused requests. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void matchesASimulationThatRemembersEveryRequest(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        SandboxSettings settings = SandboxSettings.defaults()
                .seed(seed)
                .eventsPerHour(100)
                .shareLate(0.4)
                .maxPromptLag(Duration.ofSeconds(90))
                .lateLag(Duration.ofMinutes(1), Duration.ofMinutes(30));
        List<Look> looks = new ArrayList<>();
        try (TapFixture fixture = new TapFixture(settings, 1_000_000)) {
            Instant start = fixture.clock.instant();
            for (int request = 0; request < 120; request++) {
                fixture.clock.advance(
                        Duration.ofMillis(random.nextLong(1, random.nextInt(10) == 0 ? 20_000_000 : 600_000)));
                Instant now = fixture.clock.instant();
                // also windows with odd microseconds: both ends are inclusive
                Instant to =
                        now.minusNanos(random.nextBoolean() ? 0 : random.nextLong(3_000_000_000_000L) / 1000 * 1000);
                Instant from = to.minusNanos(random.nextLong(30_000_000_000L, 3_600_000_000_000L) / 1000 * 1000);
                boolean all = random.nextInt(6) > 0;
                int status = fixture.get(
                                all ? "/v2/siem/all" : "/v2/siem/clicks/blocked",
                                TapFixture.interval(from, to) + "&format=json")
                        .statusCode();
                assertThat(status).isIn(200, 204);
                fixture.get("/v2/siem/all", "format=json&interval=PT1S/" + now);
                if (all) {
                    looks.add(new Look(from, to, now));
                }
            }
            Map<EventType, Long> expected =
                    simulate(fixture.events, looks, start.minus(Duration.ofHours(2)), fixture.clock.instant());
            for (EventType type : EventType.values()) {
                assertThat(fixture.tap.missedByLookOnce(type))
                        .as(type.name())
                        .isEqualTo(expected.getOrDefault(type, 0L));
            }
            assertThat(expected.values()).allSatisfy(count -> assertThat(count).isPositive());
        }
    }

    @Test
    void nothingIsMissedIfNoWindowIsReadAgain() throws Exception {
        try (TapFixture fixture = new TapFixture(SandboxSettings.defaults().shareLate(0.5))) {
            for (int poll = 0; poll < 10; poll++) {
                fixture.clock.advance(Duration.ofMinutes(5));
                Instant now = fixture.clock.instant();
                fixture.get(
                        "/v2/siem/all",
                        TapFixture.interval(now.minus(Duration.ofMinutes(5)).plusMillis(1), now) + "&format=json");
            }
            assertThat(EventType.values())
                    .allSatisfy(type ->
                            assertThat(fixture.tap.missedByLookOnce(type)).isZero());
        }
    }

    @Test
    void rereadAfterTheMaximumLagCountsEachLateRowOnce() throws Exception {
        try (TapFixture fixture = new TapFixture(SandboxSettings.defaults().shareMultiRecipient(0))) {
            Instant from = TapFixture.NOON.minus(Duration.ofMinutes(20));
            String query = TapFixture.interval(from, TapFixture.NOON) + "&format=json";
            int first = fixture.keys(fixture.get("/v2/siem/all", query)).size();
            fixture.clock.advance(Duration.ofMinutes(11));
            int second = fixture.keys(fixture.get("/v2/siem/all", query)).size();
            fixture.get("/v2/siem/all", query);
            long missed = 0;
            for (EventType type : EventType.values()) {
                missed += fixture.tap.missedByLookOnce(type);
            }
            assertThat(missed).isEqualTo(second - first).isPositive();
        }
    }

    @Test
    void brokenAnswersDoNotCount() throws Exception {
        MovableClock clock = new MovableClock(TapFixture.NOON);
        SandboxEvents events = new SandboxEvents(SandboxSettings.defaults().eventsPerHour(6_000));
        SandboxTap tap = new SandboxTap(events, clock, "sandbox", "sandbox");
        // makes writing of the body fail
        HttpHandler cutting = exchange -> {
            exchange.setStreams(null, new OutputStream() {
                @Override
                public void write(int octet) throws IOException {
                    throw new IOException("cut");
                }
            });
            tap.handle(exchange);
        };
        try (LoopbackServer server = LoopbackServer.start(cutting, 0)) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create(server.uri() + "/v2/siem/all?format=json&interval=PT10M/" + TapFixture.NOON))
                    .header("Authorization", "Basic c2FuZGJveDpzYW5kYm94")
                    .build();
            assertThatThrownBy(() -> HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
        }
        assertThat(tap.requests()).isEqualTo(1);
        assertThat(EventType.values())
                .allSatisfy(type -> assertThat(tap.served(type)).isZero());
    }

    private static Map<EventType, Long> simulate(SandboxEvents events, List<Look> looks, Instant from, Instant to) {
        Map<EventType, Long> missed = new EnumMap<>(EventType.class);
        for (var all = events.between(from, to); all.hasNext(); ) {
            SandboxEvent event = all.next();
            boolean tookItAtOnce = false;
            boolean sawItLater = false;
            boolean lookedBefore = false;
            for (Look look : looks) {
                if (!event.created().isBefore(look.from) && !event.created().isAfter(look.to)) {
                    boolean visible = !event.visibleAt().isAfter(look.at);
                    tookItAtOnce |= visible && !lookedBefore;
                    sawItLater |= visible && lookedBefore;
                    lookedBefore = true;
                }
            }
            if (sawItLater && !tookItAtOnce) {
                missed.merge(event.type(), 1L, Long::sum);
            }
        }
        return missed;
    }

    private record Look(Instant from, Instant to, Instant at) {}
}
