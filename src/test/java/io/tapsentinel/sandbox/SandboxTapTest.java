package io.tapsentinel.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxTapTest {

    private static final Instant FROM = TapFixture.NOON.minus(Duration.ofMinutes(90));
    private static final Instant TO = FROM.plus(Duration.ofMinutes(30));
    private static final String JSON = TapFixture.interval(FROM, TO) + "&format=json";

    @AutoClose
    private TapFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new TapFixture(SandboxSettings.defaults());
    }

    @Test
    void listensOnLoopbackOnly() {
        assertThat(fixture.tap.uri().getHost()).isEqualTo("127.0.0.1");
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/siem/all,                CLICKS_PERMITTED CLICKS_BLOCKED MESSAGES_DELIVERED MESSAGES_BLOCKED",
        "/v2/siem/clicks/blocked,     CLICKS_BLOCKED",
        "/v2/siem/clicks/permitted,   CLICKS_PERMITTED",
        "/v2/siem/messages/blocked,   MESSAGES_BLOCKED",
        "/v2/siem/messages/delivered, MESSAGES_DELIVERED"
    })
    void eachPathReturnsAllRowsOfItsTypes(String path, String types) throws Exception {
        EventType[] expected =
                List.of(types.split(" ")).stream().map(EventType::valueOf).toArray(EventType[]::new);
        HttpResponse<String> response = fixture.get(path, JSON);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(fixture.keys(response))
                .containsExactlyInAnyOrderElementsOf(fixture.truth(FROM, TO, TapFixture.NOON, expected));
        Set<String> names = new HashSet<>(Set.of("queryEndTime"));
        List.of(expected).forEach(type -> names.add(type.arrayName()));
        assertThat(TapFixture.MAPPER.readTree(response.body()).fieldNames())
                .toIterable()
                .containsExactlyInAnyOrderElementsOf(names);
        assertThat(TapFixture.MAPPER
                        .readTree(response.body())
                        .get("queryEndTime")
                        .asText())
                .isEqualTo(TO.toString());
        for (EventType type : EventType.values()) {
            assertThat(fixture.tap.served(type))
                    .isEqualTo(fixture.truth(FROM, TO, TapFixture.NOON, type).size()
                            * (List.of(expected).contains(type) ? 1L : 0L));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/v2/siem", "/v2/siem/", "/v2/siem/all/", "/v2/siem/clicks", "/v1/siem/all", "/v2/siem/ALL"
            })
    void otherPathsAreNotFound(String path) throws Exception {
        assertThat(fixture.get(path, JSON).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE"})
    void otherMethodsAreNotAllowed(String method) throws Exception {
        HttpResponse<String> response =
                fixture.send(fixture.request("/v2/siem/all", JSON).method(method, HttpRequest.BodyPublishers.noBody()));
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).contains("GET");
    }

    @Test
    void missingOrWrongCredentialsAreRefused() throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                fixture.request("/v2/siem/all", JSON).build().uri());
        HttpResponse<String> missing = fixture.send(request);
        assertThat(missing.statusCode()).isEqualTo(401);
        assertThat(missing.headers().firstValue("WWW-Authenticate")).isPresent();
        assertThat(fixture.send(request.copy().header("Authorization", "Basic cHJpbmNpcGFsOndyb25n"))
                        .statusCode())
                .isEqualTo(401);
        assertThat(fixture.send(request.copy().header("Authorization", "Bearer secret"))
                        .statusCode())
                .isEqualTo(401);
        assertThat(fixture.tap.requests()).isEqualTo(3);
    }

    @Test
    void badParametersAreRefusedWithAReason() throws Exception {
        HttpResponse<String> response = fixture.get("/v2/siem/all", "format=json");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).isEqualTo("The interval parameter must be given, once");
    }

    @Test
    void intervalsMayBeEscaped() throws Exception {
        HttpResponse<String> response =
                fixture.get("/v2/siem/all", "format=JSON&interval=2026-11-20T11%3A30%3A00%2B01%3A00%2FPT30M");
        assertThat(fixture.keys(response))
                .containsExactlyInAnyOrderElementsOf(fixture.truth(FROM, TO, TapFixture.NOON));
    }

    @Test
    void lateRowsAppearInTheSameWindowLater() throws Exception {
        Instant from = TapFixture.NOON.minusSeconds(600);
        String query = TapFixture.interval(from, TapFixture.NOON) + "&format=json";
        List<String> first = fixture.keys(fixture.get("/v2/siem/all", query));
        fixture.clock.advance(Duration.ofMinutes(11));
        List<String> second = fixture.keys(fixture.get("/v2/siem/all", query));
        assertThat(first)
                .containsExactlyInAnyOrderElementsOf(fixture.truth(from, TapFixture.NOON, TapFixture.NOON))
                .isNotEmpty();
        assertThat(second).containsAll(first).hasSizeGreaterThan(first.size() + 10);
    }

    @Test
    void orderOfRowsVaries() throws Exception {
        List<String> first = fixture.keys(fixture.get("/v2/siem/all", JSON));
        List<String> second = fixture.keys(fixture.get("/v2/siem/all", JSON));
        assertThat(second).containsExactlyInAnyOrderElementsOf(first).isNotEqualTo(first);
    }

    @Test
    void answerIsGzippedIfTheClientAcceptsIt() throws Exception {
        HttpResponse<InputStream> response =
                fixture.stream(fixture.request("/v2/siem/all", JSON).header("Accept-Encoding", "deflate, gzip;q=0.8"));
        assertThat(response.headers().firstValue("Content-Encoding")).contains("gzip");
        try (InputStream body = new GZIPInputStream(response.body())) {
            assertThat(TapFixture.MAPPER.readTree(body).get("messagesBlocked")).isNotEmpty();
        }
    }

    @Test
    void contentTypeIsSometimesTextPlain() throws Exception {
        Set<String> seen = new HashSet<>();
        for (int request = 0; request < 40; request++) {
            seen.add(fixture.get("/v2/siem/clicks/blocked", JSON)
                    .headers()
                    .firstValue("Content-Type")
                    .orElseThrow());
        }
        assertThat(seen).containsExactlyInAnyOrder("application/json", "text/plain");
    }
}
