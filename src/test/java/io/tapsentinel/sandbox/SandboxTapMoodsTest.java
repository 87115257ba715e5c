package io.tapsentinel.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.event.EventType;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SandboxTapMoodsTest {

    private static final Instant FROM = TapFixture.NOON.minus(Duration.ofMinutes(90));
    private static final Instant TO = FROM.plus(Duration.ofMinutes(30));
    private static final String JSON = TapFixture.interval(FROM, TO) + "&format=json";

    @Test
    void emptyAnswersTakeEveryKnownForm() throws Exception {
        Set<String> forms = new HashSet<>();
        try (TapFixture fixture = new TapFixture(SandboxSettings.defaults().eventsPerHour(0))) {
            for (int request = 0; request < 200; request++) {
                HttpResponse<String> response = fixture.get("/v2/siem/all", JSON);
                assertThat(fixture.keys(response)).isEmpty();
                if (response.statusCode() == 204) {
                    forms.add("204");
                } else if (response.body().equals("[]")) {
                    forms.add("[]");
                } else {
                    JsonNode answer = TapFixture.MAPPER.readTree(response.body());
                    assertThat(answer.get("queryEndTime").asText()).isEqualTo(TO.toString());
                    for (EventType type : EventType.values()) {
                        forms.add(form(answer, type));
                    }
                }
            }
        }
        assertThat(forms).containsExactlyInAnyOrder("204", "[]", "missing", "null", "empty");
    }

    @Test
    void emptyArrayIsMissingNullOrEmpty() throws Exception {
        Set<String> forms = new HashSet<>();
        Set<String> firstNames = new HashSet<>();
        try (TapFixture fixture =
                new TapFixture(SandboxSettings.defaults().eventsPerHour(4).shareLate(0))) {
            for (int request = 0; request < 300; request++) {
                fixture.clock.advance(Duration.ofMinutes(31));
                HttpResponse<String> response = fixture.get("/v2/siem/all", fixture.lastHalfHour());
                List<String> keys = fixture.keys(response);
                if (!keys.isEmpty()) {
                    JsonNode answer = TapFixture.MAPPER.readTree(response.body());
                    firstNames.add(answer.fieldNames().next());
                    for (EventType type : EventType.values()) {
                        if (keys.stream().noneMatch(key -> key.startsWith(type.arrayName() + '|'))) {
                            forms.add(form(answer, type));
                        }
                    }
                }
            }
        }
        assertThat(forms).containsExactlyInAnyOrder("missing", "null", "empty");
        assertThat(firstNames).hasSize(5).contains("queryEndTime");
    }

    @Test
    void falsePositivesAreReturnedOnRequestOnly() throws Exception {
        try (TapFixture fixture = new TapFixture(SandboxSettings.defaults().shareFalsePositive(0.3))) {
            List<String> all = fixture.truth(FROM, TO, TapFixture.NOON);
            List<String> byDefault = fixture.keys(fixture.get("/v2/siem/all", JSON));
            List<String> activeAndCleared =
                    fixture.keys(fixture.get("/v2/siem/all", JSON + "&threatStatus=active&threatStatus=cleared"));
            List<String> falsePositive =
                    fixture.keys(fixture.get("/v2/siem/all", JSON + "&threatStatus=falsePositive"));
            List<String> every =
                    fixture.keys(fixture.get("/v2/siem/all", JSON + "&threatStatus=active,cleared,falsePositive"));
            assertThat(every).containsExactlyInAnyOrderElementsOf(all);
            assertThat(byDefault).containsExactlyInAnyOrderElementsOf(activeAndCleared);
            assertThat(byDefault.size() + falsePositive.size()).isEqualTo(all.size());
            assertThat(falsePositive).doesNotContainAnyElementsOf(byDefault).hasSizeGreaterThan(all.size() / 5);
        }
    }

    @Test
    void requestsCountForTwentyFourHours() throws Exception {
        try (TapFixture fixture = new TapFixture(SandboxSettings.defaults().eventsPerHour(100), 3)) {
            assertThat(status(fixture, "all")).isIn(200, 204);
            fixture.clock.advance(Duration.ofHours(1));
            assertThat(fixture.get("/v2/siem/messages/blocked", "interval=PT1S/2026-11-20T11:00:00Z")
                            .statusCode())
                    .as("refused requests count")
                    .isEqualTo(400);
            assertThat(status(fixture, "clicks/blocked")).isIn(200, 204);
            HttpResponse<String> over = fixture.get("/v2/siem/messages/blocked", fixture.lastHalfHour());
            assertThat(over.statusCode()).isEqualTo(429);
            assertThat(over.headers().firstValue("Retry-After")).isEmpty();
            for (int request = 0; request < 3; request++) {
                assertThat(status(fixture, "clicks/permitted"))
                        .as("a separate pool")
                        .isIn(200, 204);
            }
            assertThat(status(fixture, "clicks/permitted")).isEqualTo(429);
            fixture.clock.advance(Duration.ofHours(23).minusMillis(1));
            assertThat(status(fixture, "all")).isEqualTo(429);
            fixture.clock.advance(Duration.ofMillis(1));
            assertThat(status(fixture, "all")).as("a 429 does not count").isIn(200, 204);
            assertThat(status(fixture, "all")).isEqualTo(429);
        }
    }

    private static int status(TapFixture fixture, String path) throws Exception {
        return fixture.get("/v2/siem/" + path, fixture.lastHalfHour()).statusCode();
    }

    private static String form(JsonNode answer, EventType type) {
        if (!answer.has(type.arrayName())) {
            return "missing";
        }
        return answer.get(type.arrayName()).isNull() ? "null" : "empty";
    }
}
