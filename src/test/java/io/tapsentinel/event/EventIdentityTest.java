package io.tapsentinel.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.tap.answer.TapEventReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventIdentityTest {

    private static final EventType MESSAGE = EventType.MESSAGES_DELIVERED;
    private static final EventType CLICK = EventType.CLICKS_PERMITTED;

    @Test
    void idAloneDecides() {
        Map<String, Object> first = message("id", "1", "recipient", List.of("a@x"), "threatStatus", "active");
        Map<String, Object> again = message("id", "1", "recipient", List.of("b@x"), "threatStatus", "cleared");

        assertThat(EventIdentity.of(MESSAGE, again)).isEqualTo(EventIdentity.of(MESSAGE, first));
        assertThat(EventIdentity.of(MESSAGE, message("id", "2"))).isNotEqualTo(EventIdentity.of(MESSAGE, first));
    }

    @Test
    void typeIsPartOfTheIdentity() {
        Map<String, Object> event = message("id", "1");

        assertThat(EventIdentity.of(EventType.MESSAGES_BLOCKED, event)).isNotEqualTo(EventIdentity.of(MESSAGE, event));
    }

    @Test
    void messageToFourRecipientsWithoutIdIsFourEvents() {
        assertThat(List.of("a@x", "b@x", "c@x", "d@x").stream()
                        .map(to -> EventIdentity.of(MESSAGE, message("recipient", List.of(to))))
                        .distinct())
                .hasSize(4);
    }

    @Test
    void orderAndFormOfRecipientsDoNotMatter() {
        EventKey key = EventIdentity.of(MESSAGE, message("recipient", List.of("a@x", "b@x")));

        assertThat(EventIdentity.of(MESSAGE, message("recipient", List.of("b@x", "a@x"))))
                .isEqualTo(key);
        assertThat(EventIdentity.of(MESSAGE, message("recipient", "a@x")))
                .isEqualTo(EventIdentity.of(MESSAGE, message("recipient", List.of("a@x"))));
    }

    @Test
    void anEmptyOrNullIdCountsAsMissing() {
        EventKey missing = EventIdentity.of(MESSAGE, message());

        assertThat(EventIdentity.of(MESSAGE, message("id", ""))).isEqualTo(missing);
        assertThat(EventIdentity.of(MESSAGE, message("id", null))).isEqualTo(missing);
    }

    @Test
    void withoutIdMessageTimesAreComparedAsInstants() {
        EventKey key = EventIdentity.of(MESSAGE, message("messageTime", "2026-11-20T10:00:00.000Z"));

        assertThat(EventIdentity.of(MESSAGE, message("messageTime", "2026-11-20T11:00:00+01:00")))
                .isEqualTo(key);
        assertThat(EventIdentity.of(MESSAGE, message("messageTime", "2026-11-20T10:00:01.000Z")))
                .isNotEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-28T19:17:44Z",
                "2026-11-28T19:17:44.000+0000",
                "2026-11-28 19:17:44",
                "1795893464000",
                "2026-11-28T20:17:44.000+01"
            })
    void withoutIdEverySpellingOfATimeIsEqual(String clickTime) {
        assertThat(EventIdentity.of(CLICK, click("GUID", "g", "clickTime", clickTime)))
                .isEqualTo(EventIdentity.of(CLICK, click("GUID", "g", "clickTime", 1_795_893_464_000L)))
                .isNotEqualTo(EventIdentity.of(CLICK, click("GUID", "g", "clickTime", "2026-11-28T19:17:45Z")));
        assertThat(EventIdentity.of(CLICK, click("clickTime", clickTime)))
                .isEqualTo(EventIdentity.of(CLICK, click("clickTime", 1_795_893_464_000L)));
    }

    @Test
    void keysOfEventsWithIdOrGuidAreUnchanged() {
        assertThat(EventIdentity.of(MESSAGE, message("id", "00000000-0000-4000-8000-000000000001")))
                .hasToString("04c2effbfed4a4383b1f3f5fbacedcc6");
        assertThat(EventIdentity.of(MESSAGE, message("id", "\ud83d\ude00 ü")))
                .hasToString("64115ad85843e7eb595fc24eb41189a7");
        assertThat(EventIdentity.of(MESSAGE, message("recipient", List.of("b@x", "a@x"))))
                .hasToString("7f97a2447a653ff63ee9bb5dd7b5023d");
        assertThat(FormerIdentity.of(MESSAGE, message(), EventIdentity.of(MESSAGE, message())))
                .isNull();
    }

    @Test
    void secondSpellingIsNotPartOfTheIdentity() {
        Map<String, Object> both = new HashMap<>(Map.of("subject", "s", "cluster", "live", "clusterId", "doc"));
        both.put("threatsInfoMap", List.of(Map.of("threatID", "live", "threatId", "doc", "campaignId", "c")));
        Map<String, Object> one = new HashMap<>(Map.of("subject", "s", "cluster", "live"));
        one.put("threatsInfoMap", List.of(Map.of("threatID", "live")));

        assertThat(EventIdentity.of(MESSAGE, both)).isEqualTo(EventIdentity.of(MESSAGE, one));
    }

    @Test
    void clickOnALinkWithTwoThreatsIsTwoEvents() throws IOException {
        List<EventKey> keys = new ArrayList<>();
        String answer = "{\"clicksBlocked\":["
                + "{\"GUID\":\"g\",\"clickTime\":\"2026-11-28T20:00:00.000Z\",\"url\":\"u\",\"recipient\":\"r\",\"threatID\":\"aa11\"},"
                + "{\"GUID\":\"g\",\"clickTime\":\"2026-11-28T20:00:00.000Z\",\"url\":\"u\",\"recipient\":\"r\",\"threatID\":\"bb22\"}]}";
        try (TapEventReader reader = new TapEventReader(
                () -> new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8)),
                Instant.EPOCH,
                TapEventReader.Others.NONE)) {
            reader.forEachRemaining(event -> keys.add(event.getKey()));
        }
        assertThat(keys).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void recipientsAndThreatAreSeparated() {
        assertThat(EventIdentity.of(CLICK, click("GUID", "g", "threatID", "t", "recipient", List.of("r"))))
                .isNotEqualTo(
                        EventIdentity.of(CLICK, click("GUID", "g", "threatID", "", "recipient", List.of("r", "t"))))
                .isNotEqualTo(EventIdentity.of(CLICK, click("GUID", "g", "threatID", "r", "recipient", List.of("t"))));
    }

    @Test
    void withoutIdEveryFieldOfAClickCounts() {
        Map<String, Object> click =
                click("GUID", "g", "clickTime", "2026-11-20T10:00:00Z", "url", "u", "recipient", "r", "threatID", "t");
        List<EventKey> keys = new ArrayList<>(List.of(EventIdentity.of(CLICK, click)));
        for (String part : click.keySet()) {
            Map<String, Object> other = new HashMap<>(click);
            other.put(part, "other");
            keys.add(EventIdentity.of(CLICK, other));
        }
        assertThat(keys).doesNotHaveDuplicates().hasSize(6);
    }

    @Test
    void partsAreSeparated() {
        Map<String, Object> one = Map.of("GUID", "ab", "clickTime", "", "url", "c", "recipient", "d");
        Map<String, Object> two = Map.of("GUID", "a", "clickTime", "", "url", "bc", "recipient", "d");

        assertThat(EventIdentity.of(CLICK, one)).isNotEqualTo(EventIdentity.of(CLICK, two));
    }

    @Test
    void eventsWithoutIdAndGuidAreIdentifiedByConstantContent() {
        Map<String, Object> one = new HashMap<>(Map.of("subject", "s", "sender", "a@x", "spamScore", 1));
        Map<String, Object> other = new HashMap<>(Map.of("subject", "t", "sender", "a@x", "spamScore", 1));
        Map<String, Object> later = new HashMap<>(Map.of("subject", "s", "sender", "a@x", "spamScore", 99));

        assertThat(EventIdentity.of(MESSAGE, one))
                .isNotEqualTo(EventIdentity.of(MESSAGE, other))
                .isEqualTo(EventIdentity.of(MESSAGE, later));
    }

    @Test
    void verdictChangesOnlyWithStatusThreatsAndCampaign() {
        Map<String, Object> threat = threat("t1", "active", null);
        long verdict =
                VerdictDigest.of(MESSAGE, message("threatsInfoMap", List.of(threat, threat("t2", "active", null))));

        assertThat(VerdictDigest.of(
                        MESSAGE,
                        message(
                                "threatsInfoMap",
                                List.of(threat("t2", "ACTIVE", ""), threat),
                                "spamScore",
                                3,
                                "messageParts",
                                List.of(Map.of("md5", "x")))))
                .as("order, case and scores")
                .isEqualTo(verdict);
        long cleared =
                VerdictDigest.of(MESSAGE, message("threatsInfoMap", List.of(threat, threat("t2", "cleared", null))));
        long third = VerdictDigest.of(
                MESSAGE,
                message("threatsInfoMap", List.of(threat, threat("t2", "active", null), threat("t3", "active", null))));
        long campaign =
                VerdictDigest.of(MESSAGE, message("threatsInfoMap", List.of(threat, threat("t2", "active", "c"))));
        assertThat(List.of(verdict, cleared, third, campaign)).doesNotHaveDuplicates();
        assertThat(verdict >>> 63).isZero();
        assertThat(campaign >>> 63).isOne();
        assertThat(cleared >>> 32)
                .as("a new status leaves the set of threats alone")
                .isEqualTo(verdict >>> 32);
    }

    @Test
    void clickContainsItsThreat() {
        Map<String, Object> click =
                new HashMap<>(Map.of("threatID", "t", "classification", "phish", "threatStatus", "active"));
        long verdict = VerdictDigest.of(CLICK, click);
        click.put("campaignId", "c");

        assertThat(VerdictDigest.of(CLICK, click)).isEqualTo(verdict | 1L << 63);
    }

    private static Map<String, Object> click(Object... fields) {
        Map<String, Object> click = new HashMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            click.put((String) fields[i], fields[i + 1]);
        }
        return click;
    }

    private static Map<String, Object> threat(String id, String status, String campaign) {
        Map<String, Object> threat = new HashMap<>(
                Map.of("threatID", id, "threatStatus", status, "threatType", "url", "classification", "phish"));
        threat.put("campaignID", campaign);
        return threat;
    }

    private static Map<String, Object> message(Object... more) {
        Map<String, Object> message = new HashMap<>(Map.of(
                "GUID", "g", "messageTime", "2026-11-20T10:00:00.000Z", "recipient", Collections.singletonList("r@x")));
        for (int i = 0; i < more.length; i += 2) {
            message.put((String) more[i], more[i + 1]);
        }
        return message;
    }
}
