package io.tapsentinel.tap.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.SafeName;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.testing.Foreign;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TapEventReaderTest {

    private static final Instant DEFAULT_TIME = Instant.parse("2026-11-20T11:00:00Z");
    private static final TapEventReader.Others NONE = TapEventReader.Others.NONE;

    private final List<String> unknown = new ArrayList<>();
    private final List<UnreadableElement> unreadable = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{}",
                " [ ] ",
                "{\"messagesDelivered\":null}",
                "{\"messagesDelivered\":[]}",
                "{\"queryEndTime\":\"2026-11-20T11:00:00Z\",\"clicksBlocked\":[],\"messagesBlocked\":null}"
            })
    void everyFormOfAnEmptyAnswerHasNoEvents(String body) {
        assertThat(read(body)).isEmpty();
    }

    @Test
    void eventsOfAllTypesAreReadInAnyOrderOfArrays() throws IOException {
        List<TapEvent> events = read(sample("all-live.json"));

        assertThat(events).hasSize(18);
        assertThat(events.stream().filter(e -> e.getType() == EventType.MESSAGES_DELIVERED))
                .hasSize(6);
        assertThat(events.stream().filter(e -> e.getType() == EventType.MESSAGES_BLOCKED))
                .hasSize(6);
        assertThat(events.stream().filter(e -> e.getType() == EventType.CLICKS_PERMITTED))
                .hasSize(3);
        assertThat(events.stream().filter(e -> e.getType() == EventType.CLICKS_BLOCKED))
                .hasSize(3);
        assertThat(events.stream().map(TapEvent::getKey).distinct()).hasSize(18);
    }

    @Test
    void documentedNamesBecomeLiveOnes() throws IOException {
        TapEvent delivered = read(sample("all-documented.json")).get(0);

        assertThat(delivered.getFields())
                .containsEntry("cluster", "example_hosted")
                .doesNotContainKey("clusterId");
        Map<?, ?> threat = (Map<?, ?>) ((List<?>) delivered.getFields().get("threatsInfoMap")).get(0);
        assertThat(threat.get("threatID"))
                .isEqualTo("881eb76e23b8ce089491fc1bfddeca5566429e252fd984647a81a312e5ee1858");
        assertThat(threat.get("campaignID")).isEqualTo("748bd0c6-257a-b00f-c962-5c7f35da16f2");
        assertThat(threat.keySet().toString()).doesNotContain("threatId", "campaignId");
    }

    @Test
    void liveNameWinsOverTheDocumentedOneWhichIsKept() {
        TapEvent event =
                read("{\"messagesBlocked\":[{\"id\":\"1\",\"clusterId\":\"doc\",\"cluster\":\"live\",\"threatsInfoMap\":["
                                + "{\"threatId\":\"doc\",\"threatID\":\"live\",\"campaignID\":\"\",\"campaignId\":\"c\"}]}]}")
                        .get(0);

        assertThat(event.getFields()).containsEntry("cluster", "live").containsEntry("clusterId", "doc");
        assertThat(event.getFields().get("threatsInfoMap"))
                .isEqualTo(List.of(Map.of("threatId", "doc", "threatID", "live", "campaignID", "", "campaignId", "c")));
        assertThat(event.getKey()).as("unchanged").hasToString("c956b5a39007ebb17652b9ce61fedca0");
        assertThat(event.getVerdict()).as("unchanged").isEqualTo(0x3e08fefba342ab60L);
    }

    @Test
    void documentedNameWithTheSameOrNoValueIsDropped() {
        TapEvent event =
                read("{\"messagesBlocked\":[{\"id\":\"1\",\"clusterId\":\"c\",\"cluster\":\"c\",\"threatsInfoMap\":["
                                + "{\"threatId\":null,\"threatID\":\"t\",\"campaignID\":null,\"campaignId\":\"d\"}]}]}")
                        .get(0);

        assertThat(event.getFields()).containsEntry("cluster", "c").doesNotContainKey("clusterId");
        assertThat(event.getFields().get("threatsInfoMap"))
                .isEqualTo(List.of(Map.of("threatID", "t", "campaignID", "d")));
    }

    @Test
    void unknownNamesAreIgnored() {
        String body =
                "{\"version\":{\"a\":[{\"id\":\"no event\"}]},\"warnings\":[\"x\",[1]],\"messagesDelivered\":[{\"id\":\"1\"}],\"n\":1}";

        assertThat(read(body)).hasSize(1);
    }

    @Test
    void unknownEventsAreHandedOverAndKnownOnesAreRead() {
        String body = "{\"messages Held\":[{\"clusterId\":\"c\"},[1],{}],\"clicksBlocked\":[{\"id\":\"1\"}]}";

        assertThat(read(body)).hasSize(1);
        assertThat(unknown)
                .containsExactly(SafeName.of("messages Held") + " {cluster=c}", SafeName.of("messages Held") + " {}");
    }

    @Test
    void exceptionOfTheReceiverLeavesTheReader() {
        byte[] body = "{\"messagesHeld\":[{}],\"clicksBlocked\":[]}".getBytes(StandardCharsets.UTF_8);

        TapEventReader.Others full = new TapEventReader.Others() {
            @Override
            public void unknown(String array, EventKey key, boolean keyedByBytes, Map<String, Object> fields) {
                throw new IllegalStateException("full");
            }
        };
        assertThatThrownBy(() -> new TapEventReader(() -> new ByteArrayInputStream(body), DEFAULT_TIME, full).hasNext())
                .hasMessage("full");
    }

    @Test
    void emptyArrayOfAnUnknownTypeIsIgnored() {
        assertThat(read("{\"messagesHeld\":[],\"clicksBlocked\":[{\"id\":\"1\"}]}"))
                .hasSize(1);
    }

    @Test
    void truncationFailsWithItsOffsetAndWithoutContent() throws IOException {
        byte[] whole = sample("all-live.json").strip().getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < whole.length; length += length < 200 || length > whole.length - 200 ? 1 : 97) {
            String cut = new String(Arrays.copyOf(whole, length), StandardCharsets.ISO_8859_1);
            assertThatThrownBy(() -> read(cut))
                    .as("cut to " + length)
                    .isInstanceOf(TapAnswerException.class)
                    .hasMessageMatching("TAP's answer.* at byte \\d+")
                    .hasNoCause();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<html><body>Bad gateway</body></html> | not a JSON object at byte",
                "\"a string\"                           | not a JSON object at byte",
                "[{\"id\":\"1\"}]                       | not a JSON object at byte",
                "null                                   | not a JSON object at byte",
                "{\"message\":\"maintenance\"}        | neither queryEndTime nor one of the four arrays at byte",
                "{\"queryEndTime\":\"2026-11-20T10:55:00Z\",\"messagesBlocked\":[]} | queryEndTime is 2026-11-20T10:55:00Z; it must be at most 1 min before the window's end ",
                "{} {}                                  | more follows the end of the document at byte",
                "[] x                                   | more follows the end of the document at byte",
                "{\"messagesBlocked\":{\"id\":\"1\"}}   | messagesBlocked is neither an array nor null at byte",
                "{\"messagesBlocked\":[{} MARKER]}     | cut or not JSON at byte 23",
                "{\"messagesBlocked\":[{},]}           | cut or not JSON at byte 23",
                "{\"messagesBlocked\":[{\"id\":1]}]}   | cut or not JSON at byte 27",
                "{\"messagesBlocked\":[MARKER,{]}      | cut or not JSON at byte 28"
            })
    void documentThatIsNotAnAnswerFails(String body, String message) {
        assertThatThrownBy(() -> read(body))
                .isInstanceOf(TapAnswerException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("MARKER")
                .hasMessageNotContaining("gateway");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html><body>Bad gateway</body></html>",
                "{\"message\":\"maintenance\"}",
                "{\"message\":\"maintenance\"} more",
                "{\"queryEndTime\":\"2026-11-20T10:55:00Z\",\"messagesBlocked\":[]}"
            })
    void otherDocumentsAreForeignAnswers(String body) {
        assertThatThrownBy(() -> read(body)).isInstanceOf(ForeignAnswerException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"queryEndTime\":",
                "{\"messagesBlocked\":[{\"id\":\"1\"}",
                "{\"clicksBlocked\":[x y]}",
                "{\"new\":[{\"a\":1}}],\"messagesBlocked\":[]}",
                "{\"status\":{\"a\":1],\"messagesBlocked\":[]}",
                "{,",
                "{\"message\":"
            })
    void brokenAnswerOfTapIsNotForeign(String body) {
        assertThatThrownBy(() -> read(body))
                .isInstanceOf(TapAnswerException.class)
                .isNotInstanceOf(ForeignAnswerException.class);
    }

    @Test
    void elementWithTooManyValuesIsSkipped() {
        String body = "{\"clicksBlocked\":[{\"id\":\"1\",\"x\":[" + "{},".repeat(25_000) + "0]},{\"id\":\"2\"}]}";

        assertThat(read(body)).extracting(TapEvent::getId).containsExactly("2");
        assertThat(unreadable)
                .singleElement()
                .extracting(UnreadableElement::reason)
                .isEqualTo("50003 values; at most 50000 are read");
    }

    @Test
    void endlessNestingFailsTheWindowAndNotTheProgram() {
        assertThatThrownBy(() -> read("{\"messagesBlocked\":[{\"id\":" + "[".repeat(5_000)))
                .isInstanceOf(TapAnswerException.class)
                .hasMessageMatching("TAP's answer .* at byte \\d+");
    }

    @Test
    void unreadableElementIsHandedOverAndOthersAreRead() {
        List<TapEvent> events = read(
                "{\"messagesBlocked\":[{\"id\":\"1\"}, null,{\"id\":MARKER},{\"id\":\"2\"}],\"clicksBlocked\":[[{}],{\"id\":\"3\"}]}");

        assertThat(events).extracting(TapEvent::getId).containsExactly("1", "2", "3");
        assertThat(unreadable)
                .extracting(Object::toString)
                .containsExactly(
                        "messagesBlocked at byte 32: no object",
                        "messagesBlocked at byte 37: not JSON before byte 12",
                        "clicksBlocked at byte 80: no object");
        assertThat(unreadable.get(1).bytes()).asString(StandardCharsets.UTF_8).isEqualTo("{\"id\":MARKER}");
    }

    @Test
    void nothingAfterAnUnreadableElementIsTrustedInABrokenDocument() {
        List<TapEvent> events = new ArrayList<>();

        assertThatThrownBy(() -> readInto(
                        events, "{\"messagesBlocked\":[{\"id\":\"1\"},{\"id\":x},{\"id\":\"2\"},{\"id\":\"3]}"))
                .hasMessage("TAP's answer is cut or not JSON at byte 61");
        assertThat(events).extracting(TapEvent::getId).containsExactly("1");
        assertThat(unreadable).isEmpty();
    }

    @Test
    void unreadableElementKeepsItsKeyWhenItsPartsAreShuffled() {
        read(
                "{\"messagesBlocked\":[{\"a\":x, \"b\":[1,{\"c\":2}]},{\"b\":[{\"c\":2},1],\"a\":x},{\"a\":y,\"b\":[1,{\"c\":2}]}]}");

        assertThat(unreadable).extracting(UnreadableElement::key).hasSize(3);
        assertThat(unreadable.get(0).key())
                .isEqualTo(unreadable.get(1).key())
                .isNotEqualTo(unreadable.get(2).key());
    }

    @ParameterizedTest
    @CsvSource({"20, 0, false", "21, 0, true", "21, 20, true", "21, 21, false", "500, 499, true", "500, 500, false"})
    void moreThanTwentyUnreadableElementsAndMoreThanHalfMeanAnotherFormat(
            int unreadable, int readable, boolean failed) {
        String body = "{\"clicksBlocked\":[" + "{\"a\":1},".repeat(readable) + "x,".repeat(unreadable - 1) + "x]}";

        if (failed) {
            assertThatThrownBy(() -> read(body))
                    .isInstanceOf(TapFormatException.class)
                    .hasMessageContaining(unreadable + " of " + (unreadable + readable) + " elements of clicksBlocked");
        } else {
            assertThat(read(body)).hasSize(readable);
        }
        assertThat(this.unreadable).hasSize(failed ? 0 : unreadable);
    }

    @Test
    void tooLargeElementIsSkippedAndOthersAreRead() {
        String body = "{\"clicksBlocked\":[{\"id\":\"1\"},{\"id\":\"" + "x".repeat(9_000_000) + "\"},{\"id\":\"2\"}]}";

        assertThat(read(body)).extracting(TapEvent::getId).containsExactly("1", "2");
        assertThat(unreadable).singleElement().satisfies(element -> {
            assertThat(element.reason()).isEqualTo("9000009 bytes; at most 4000000 are read");
            assertThat(element.bytes()).hasSize(4_000_000);
            assertThat(element.length()).isEqualTo(9_000_009);
        });
    }

    @Test
    void bodyThatCannotBeReadFailsWithoutItsMessage() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw Foreign.of(new IOException("MARKER"));
            }
        };
        assertThatThrownBy(() -> new TapEventReader(() -> broken, DEFAULT_TIME, NONE).hasNext())
                .isInstanceOf(TapAnswerException.class)
                .hasMessage("TAP's answer could not be read: java.io.IOException at org.example.Library.call");
    }

    @Test
    void byteOrderMarkAndOtherEncodingsAreRead() {
        byte[] utf16 = "\uFEFF{\"clicksBlocked\":[{\"id\":\"ü\"}]}".getBytes(StandardCharsets.UTF_16BE);

        TapEventReader reader = new TapEventReader(() -> new ByteArrayInputStream(utf16), DEFAULT_TIME, NONE);

        assertThat(reader.next().getFields()).containsEntry("id", "ü");
        assertThat(reader.hasNext()).isFalse();
    }

    @Test
    void timeIsTheLaterOfMessageAndNewestThreat() {
        TapEvent event =
                read("{\"messagesBlocked\":[{\"id\":\"1\",\"messageTime\":\"2026-11-20T10:00:00.000Z\",\"threatsInfoMap\":["
                                + "{\"threatTime\":\"2026-11-20T10:30:00.123Z\"},{\"threatTime\":\"2026-11-20T10:20:00.000Z\"},{\"threatTime\":null}]}]}")
                        .get(0);

        assertThat(event.getTime()).isEqualTo("2026-11-20T10:30:00.123Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"2026-11-28T19:17:44.000+0000\"",
                "\"2026-11-28 19:17:44\"",
                "1795893464000",
                "\"1795893464000\""
            })
    void oddTimeFormatsAreRead(String time) {
        assertThat(read("{\"clicksPermitted\":[{\"id\":\"1\",\"clickTime\":" + time + "}]}")
                        .get(0)
                        .getTime())
                .isEqualTo("2026-11-28T19:17:44Z");
        assertThat(read("{\"messagesBlocked\":[{\"id\":\"1\",\"threatsInfoMap\":[{\"threatTime\":" + time + "}]}]}")
                        .get(0)
                        .getTime())
                .isEqualTo("2026-11-28T19:17:44Z");
    }

    @Test
    void eventWithoutAReadableTimeTakesTheEndOfTheWindow() {
        assertThat(read("{\"clicksBlocked\":[{\"id\":\"1\",\"clickTime\":\"yesterday\"}]}")
                        .get(0)
                        .getTime())
                .isEqualTo(DEFAULT_TIME);
    }

    private List<TapEvent> read(String body) {
        List<TapEvent> events = new ArrayList<>();
        readInto(events, body);
        return events;
    }

    private void readInto(List<TapEvent> events, String body) {
        readInto(events, body.getBytes(StandardCharsets.UTF_8));
    }

    private void readInto(List<TapEvent> events, byte[] body) {
        TapEventReader.Others others = new TapEventReader.Others() {
            @Override
            public void unknown(String array, EventKey key, boolean keyedByBytes, Map<String, Object> fields) {
                unknown.add(array + " " + fields);
            }

            @Override
            public void unreadable(UnreadableElement element) {
                unreadable.add(element);
            }
        };
        new TapEventReader(() -> new ByteArrayInputStream(body), DEFAULT_TIME, others).forEachRemaining(events::add);
    }

    private static String sample(String name) throws IOException {
        try (InputStream in = TapEventReaderTest.class.getResourceAsStream("/samples/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
