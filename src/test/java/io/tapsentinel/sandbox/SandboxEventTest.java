package io.tapsentinel.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SandboxEventTest {

    private static final Instant FROM = Instant.parse("2026-11-20T10:00:00Z");
    private static final Set<String> LIVE_CLICK =
            Set.of(("url classification clickTime threatTime userAgent campaignId id clickIP sender recipient "
                            + "senderIP GUID threatID threatURL threatStatus messageID")
                    .split(" "));
    private static final Set<String> LIVE_MESSAGE =
            Set.of(("spamScore phishScore threatsInfoMap messageTime impostorScore malwareScore cluster subject "
                            + "quarantineFolder quarantineRule policyRoutes modulesRun messageSize headerFrom "
                            + "headerReplyTo fromAddress ccAddresses replyToAddress toAddresses xmailer messageParts "
                            + "completelyRewritten QID GUID sender senderIP messageID recipient id")
                    .split(" "));

    /** Fields that contain the marker. */
    private static final String[] MARKED =
            ("subject sender recipient fromAddress toAddresses ccAddresses headerFrom headerTo "
                            + "headerReplyTo replyToAddress url threatURL threatUrl threat")
                    .split(" ");

    @Test
    void liveEventsHaveTheFieldsOfLiveAnswers() {
        for (SandboxEvent event : events(SandboxSettings.defaults())) {
            Set<String> names = names(TapFixture.tree(event));
            if (event.type().isClick()) {
                assertThat(names).isEqualTo(LIVE_CLICK);
            } else {
                names.add("subject"); // optional
                assertThat(names).isEqualTo(LIVE_MESSAGE);
            }
        }
    }

    @Test
    void createdIsTheLaterOfHappenedAndNewestThreat() {
        for (SandboxEvent event : events(SandboxSettings.defaults().shareDocumented(0.3))) {
            JsonNode tree = TapFixture.tree(event);
            List<Instant> times = new ArrayList<>();
            tree.findValues("threatTime").forEach(time -> times.add(Instant.parse(time.asText())));
            times.add(Instant.parse(tree.path(event.type().isClick() ? "clickTime" : "messageTime")
                    .asText()));
            assertThat(times.stream().max(Instant::compareTo)).contains(event.created());
            assertThat(event.created().getNano() % 1_000_000).isZero();
            assertThat(tree.findValue("threatTime").asText())
                    .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        }
    }

    @Test
    void someEventsHappenedDaysBeforeTheirCreation() {
        assertThat(events(SandboxSettings.defaults()))
                .anyMatch(event -> event.happened().isBefore(event.created().minusSeconds(86_400)))
                .anyMatch(event -> event.happened().equals(event.created()));
    }

    @Test
    void oddValuesOfLiveMessagesOccur() {
        List<JsonNode> messages = messages(SandboxSettings.defaults());
        for (String odd :
                ("/subject missing, /subject null, /messageID \"\", /sender \"\", /QID null, /impostorScore 12.5,"
                                + " /replyToAddress null, /replyToAddress [], /fromAddress [], /policyRoutes null, /modulesRun null,"
                                + " /threatsInfoMap/0/threatStatus missing, /messageParts/0/sandboxStatus null,"
                                + " /messageParts/0/sandboxStatus \"threat\", /messageParts/0/sandboxStatus \"THREAT\","
                                + " /messageParts/0/sandboxStatus \"NOT_SUPPORTED\"")
                        .split(", ")) {
            String[] fieldAndValue = odd.split(" ");
            assertThat(messages).as(odd).anyMatch(message -> {
                JsonNode field = message.at(fieldAndValue[0]);
                return (field.isMissingNode() ? "missing" : field.toString()).equals(fieldAndValue[1]);
            });
        }
        assertThat(messages)
                .anyMatch(message -> message.path("subject").asText().contains("☃"))
                .anyMatch(message -> message.path("subject").asText().contains("\n"))
                .anyMatch(message -> message.at("/threatsInfoMap/0").has("actors"))
                .anyMatch(message -> message.at("/threatsInfoMap/0").has("detectionType"));
    }

    @Test
    void documentedSpellingFollowsTheVendorsDocumentation() {
        for (SandboxEvent event : events(SandboxSettings.defaults().shareDocumented(1))) {
            JsonNode tree = TapFixture.tree(event);
            assertThat(tree.findValue("classification").asText()).isUpperCase();
            if (!event.type().isClick()) {
                assertThat(event.id()).isNull();
                assertThat(names(tree))
                        .contains("clusterId", "headerTo", "headerCC")
                        .doesNotContain("cluster", "id");
                assertThat(names(tree.get("threatsInfoMap").get(0)))
                        .contains("threatId", "campaignId")
                        .doesNotContain("threatID", "campaignID");
                assertThat(tree.get("fromAddress").isTextual()).isTrue();
                assertThat(tree.get("completelyRewritten").asText()).isIn("true", "false", "na");
                assertThat(tree.get("completelyRewritten").isTextual()).isTrue();
                assertThat(tree.get("impostorScore").isInt()).isTrue();
            }
        }
    }

    @Test
    void onlyTheOrderOfPartsDiffersBetweenTwoAnswers() {
        int different = 0;
        for (SandboxEvent event : events(SandboxSettings.defaults())) {
            JsonNode one = TapFixture.tree(event);
            String text = TapFixture.json(event, 99);
            different += text.equals(TapFixture.json(event, 1)) ? 0 : 1;
            if (!event.type().isClick()) {
                JsonNode other = read(text);
                assertThat(sorted(other.get("messageParts"))).isEqualTo(sorted(one.get("messageParts")));
                ((ObjectNode) other).set("messageParts", one.get("messageParts"));
                assertThat(other).isEqualTo(one);
            }
        }
        assertThat(different).isGreaterThan(100);
    }

    @Test
    void everySubjectAddressAndUrlHasAUniqueMarker() {
        Set<String> numbers = new HashSet<>();
        Set<String> guids = new HashSet<>();
        Pattern marked = Pattern.compile("zqx(\\d+)");
        for (SandboxEvent event :
                events(SandboxSettings.defaults().marker("zqx").shareDocumented(0.2))) {
            JsonNode tree = TapFixture.tree(event);
            Set<String> own = new HashSet<>();
            for (String name : MARKED) {
                for (JsonNode value : tree.findValues(name)) {
                    for (JsonNode text : value.isArray() ? value : new ArrayNode(null).add(value)) {
                        if (!text.isNull() && !text.asText().isEmpty()) {
                            var found = marked.matcher(text.asText());
                            assertThat(found.find()).as(name).isTrue();
                            own.add(found.group(1));
                        }
                    }
                }
            }
            assertThat(own).hasSize(1);
            assertThat(numbers.add(own.iterator().next())).isEqualTo(guids.add(event.guid()));
        }
    }

    @Test
    void sizesAreRealistic() {
        assertThat(meanLength(true)).isBetween(600.0, 900.0);
        assertThat(meanLength(false)).isBetween(1_900.0, 3_000.0);
    }

    private static double meanLength(boolean clicks) {
        return events(SandboxSettings.defaults()).stream()
                .filter(event -> event.type().isClick() == clicks)
                .mapToInt(event -> TapFixture.json(event, 1).length())
                .average()
                .orElse(0);
    }

    @Test
    void toStringContainsNoContent() {
        assertThat(events(SandboxSettings.defaults().marker("zqx")))
                .allSatisfy(event -> assertThat(event.toString()).doesNotContain("zqx"));
    }

    private static List<SandboxEvent> events(SandboxSettings settings) {
        return SandboxEventsTest.list(settings, FROM, FROM.plusSeconds(3_600));
    }

    private static List<JsonNode> messages(SandboxSettings settings) {
        return events(settings).stream()
                .filter(event -> !event.type().isClick())
                .<JsonNode>map(TapFixture::tree)
                .toList();
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Set<String> sorted(JsonNode array) {
        Set<String> elements = new TreeSet<>();
        array.forEach(element -> elements.add(element.toString()));
        return elements;
    }

    private static JsonNode read(String text) {
        try {
            return TapFixture.MAPPER.readTree(text);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
