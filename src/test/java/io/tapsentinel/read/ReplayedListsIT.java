package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.Gzip;
import io.tapsentinel.testing.SimulatedRun;
import io.tapsentinel.testing.StateFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lists of events, several rejected records and corrected ones, moved into the replay folder of a running program. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReplayedListsIT extends SimulatedRun {

    /** Not JSON: the text has no quotes. */
    private static final String ODD = "{\"id\":\"odd\",\"subject\":" + StateFolder.MARKER + "}";

    private final StateFolder state = services.state();

    @BeforeEach
    void open() {
        services.with("tap.replay.uri", "file:" + state.resolve("replay") + "?delay=20&initialDelay=0");
    }

    @Test
    void listOfAnyFormLandsWhenItsNameHasTheType() throws Exception {
        services.start();
        state.drop("clicksPermitted-may.ndjson", event("1") + "\n" + event("2") + "\n");
        state.drop("messages-blocked.json", "[" + event("3") + "," + event("4") + "]");
        state.drop("old ProofPointTAPClicksBlockedV2_CL.jsonl", event("5") + "\r\n\r\n" + event("6"));
        state.drop("MESSAGESDELIVERED.JSON", "[\n  " + event("7").replace(",", ",\n  ") + "\n]\n");
        state.drop("clicksblocked.ndjson.gz", Gzip.of(event("8")));
        state.drop("messagesBlocked.jsonl.gz", Gzip.of(event("9")));
        state.drop("clicksPermitted.json.gz", Gzip.of("[" + event("10") + "]"));
        state.drop("messagesDelivered-not-packed.json.gz", "\ufeff" + event("11"));
        state.drop("clicksBlocked-utf-16.ndjson", (event("12") + "\n").getBytes(StandardCharsets.UTF_16LE));
        state.drop("messagesBlocked-one-behind-the-other.json", event("13") + event("14"));
        state.drop("clicksPermitted-empty.json", "[]");

        state.await("replay/done", 11);

        assertThat(services.rows())
                .containsExactlyInAnyOrder(
                        row("clicksPermitted", "1"),
                        row("clicksPermitted", "2"),
                        row("messagesBlocked", "3"),
                        row("messagesBlocked", "4"),
                        row("clicksBlocked", "5"),
                        row("clicksBlocked", "6"),
                        row("messagesDelivered", "7"),
                        row("clicksBlocked", "8"),
                        row("messagesBlocked", "9"),
                        row("clicksPermitted", "10"),
                        row("messagesDelivered", "11"),
                        row("clicksBlocked", "12"),
                        row("messagesBlocked", "13"),
                        row("messagesBlocked", "14"));

        state.drop("clicksPermitted-again.ndjson", event("2") + event("15") + event("15"));
        state.await("replay/done", 12);
        assertThat(services.rows()).hasSize(15).doesNotHaveDuplicates();
    }

    @Test
    void eventsAfterAByteOrderMarkInTheMiddleAreNotLostSilently() throws Exception {
        services.start();
        // two exports, concatenated by cat
        state.drop("clicksBlocked.ndjson", "\ufeff" + event("1") + "\n\ufeff" + event("2") + "\n");
        assertThat(state.reason()).contains("1 of 3");
        assertThat(services.rows()).containsExactlyInAnyOrder(row("clicksBlocked", "1"), row("clicksBlocked", "2"));
    }

    @Test
    void severalRejectedRecordsInOneFileLandOnce() throws Exception {
        services.tapProxy().rewrite(body -> answer("\"messagesBlocked\":[null," + ODD + ",{\"id\":\"odd2\",\"x\":y}]"));
        services.start().poll();
        assertThat(services.rows()).isEmpty();
        List<JsonNode> rejected = state.rejected("unreadable");
        assertThat(rejected).hasSize(3);
        String repaired = rejected.stream()
                .map(record -> repaired(record, record.path("key").asText()))
                .collect(Collectors.joining("\n"));

        state.drop("all.json", repaired);
        state.await("replay/done", 1);
        assertThat(services.rows())
                .containsExactlyInAnyOrderElementsOf(rejected.stream()
                        .map(record -> row("messagesBlocked", record.path("key").asText()))
                        .toList());

        state.drop("all-again.ndjson.gz", Gzip.of(repaired));
        state.await("replay/done", 2);
        services.clock().advance(Duration.ofMinutes(5));
        state.drop(
                "one-again.json",
                repaired(rejected.get(0), rejected.get(0).path("key").asText()));
        state.await("replay/done", 3);
        assertThat(services.rows()).hasSize(3).doesNotHaveDuplicates();
        assertThat(log.lines()).noneMatch(line -> line.contains(StateFolder.MARKER));
    }

    @Test
    void correctedRecordOfALandedEventIsADuplicate() throws Exception {
        services.tapProxy().rewrite(body -> answer("\"messagesBlocked\":[" + ODD + "]"));
        var program = services.start().poll();
        services.tapProxy().rewrite(body -> answer("\"messagesBlocked\":[" + event("odd") + "]"));
        services.clock().advance(Duration.ofMinutes(5));
        program.poll();
        assertThat(services.rows()).containsExactly(row("messagesBlocked", "odd"));

        state.drop("repaired.json", repaired(state.rejected("unreadable").get(0), "odd"));
        state.await("replay/done", 1);

        assertThat(services.rows()).hasSize(1);
    }

    @Test
    void unreadableElementDoesNotPreventTheRest() throws Exception {
        services.start();
        String answer = "{\"messagesBlocked\":[" + event("1") + "," + ODD + "," + event("2") + "]}";
        String list = event("3") + "\n" + "null\n" + event("4");

        state.drop("answer.json", answer);
        assertThat(state.reason("answer.json")).contains("1 of 3").doesNotContain(StateFolder.MARKER);
        state.drop("clicksBlocked.ndjson", list);
        assertThat(state.reason("clicksBlocked.ndjson")).contains("1 of 3");
        assertThat(services.rows())
                .containsExactlyInAnyOrder(
                        row("messagesBlocked", "1"),
                        row("messagesBlocked", "2"),
                        row("clicksBlocked", "3"),
                        row("clicksBlocked", "4"));
        assertThat(state.rejected("unreadable")).hasSize(2);
        assertThat(log.lines("cannot be read")).hasSize(2).noneMatch(line -> line.contains("TAP's answer"));

        state.drop("answer-again.json", answer);
        state.drop("clicksBlocked-again.ndjson", list);
        state.await("replay/done", 2);
        assertThat(services.rows()).hasSize(4);
        assertThat(state.rejected("unreadable")).hasSize(2);
        assertThat(log.lines()).noneMatch(line -> line.contains(StateFolder.MARKER));
    }

    @Test
    void invalidDocumentIsRefusedBeforeAnythingIsSent() throws Exception {
        services.tapProxy().rewrite(body -> answer("\"messagesBlocked\":[" + ODD + "]"));
        services.start().poll();
        JsonNode rejected = state.rejected("unreadable").get(0);
        String answer = "{\"messagesBlocked\":[" + event("1") + "]}";
        String good = repaired(rejected, "1");
        String two = event("1") + "," + event("2");
        String fill = "replace the null after \"record\" by the repaired event";

        assertRefused("as-it-is.json", rejected.toString(), fill);
        assertRefused("as-text.json", rejected.toString().replace("\"record\":null", "\"record\":\"{}\""), fill);
        assertRefused("as-list.json", rejected.toString().replace("\"record\":null", "\"record\":[{}]"), fill);
        assertRefused("one-of-two.json", good + rejected, fill);
        assertRefused(
                "a-bad-second.json",
                good + "\n{\"reason\":\"unreadable\",\"type\":x}",
                "a rejected record is not valid JSON");
        assertRefused(
                "a-cut-second.json", good + "\n" + good.substring(0, good.length() / 2), "cut or not JSON at byte");
        assertRefused("two-answers.json", answer + "\n" + answer, "put each answer into its own file");
        assertRefused("no-type.ndjson", event("1") + "\n" + event("2"), "its file name must contain their type");
        assertRefused("no-type.json", "[" + two + "]", "its file name must contain their type");
        assertRefused(
                "clicksBlocked-and-clicksPermitted.json",
                "[" + two + "]",
                "its file name contains clicksPermitted and clicksBlocked");
        assertRefused(
                "clicksBlocked-cut.ndjson", event("1") + "\n" + event("2").substring(5, 20), "cut or not JSON at byte");
        assertRefused("clicksBlocked-cut.json", "[" + two, "cut or not JSON at byte");
        assertRefused("clicksBlocked-cut.ndjson.gz", cut(Gzip.of(two)), "cannot read it: unexpected end of data");
        assertRefused("clicksBlocked-comma.json", "[" + two + ",]", "cut or not JSON at byte");
        assertRefused(
                "clicksBlocked-word.json", "[" + event("1") + " x," + event("2") + "]", "cut or not JSON at byte");
        assertRefused("clicksBlocked-commas.ndjson", event("1") + ",\n" + event("2"), "cut or not JSON at byte");
        assertRefused(
                "clicksBlocked-two-lists.json", "[" + event("1") + "][" + event("2") + "]", "cut or not JSON at byte");
        assertRefused(
                "clicksBlocked-quote.ndjson", event("1") + "\n{\"id\":\"2}\n" + event("3"), "cut or not JSON at byte");
        assertRefused("clicksBlocked-other.ndjson", event("1") + "\n" + "{\"id\":x}\n".repeat(25), "25 of 26 elements");
        assertRefused("nothing.json", "\n", "cut or not JSON at byte 1");
        assertRefused("empty.json", "", "cut or not JSON at byte 0");

        assertThat(services.rows()).isEmpty();
        assertThat(services.reads(Purpose.REPLAY)).isEmpty();
        assertThat(log.lines()).noneMatch(line -> line.contains(StateFolder.MARKER));
    }

    @Test
    void documentWithEventsOfAnotherTypeIsRefusedBeforeAnythingIsSent() throws Exception {
        services.tapProxy().rewrite(body -> answer("\"messagesBlocked\":[" + ODD + "]"));
        services.start().poll();
        JsonNode rejected = state.rejected("unreadable").get(0);
        String good = repaired(rejected, "1");
        String key = "\"key\":\"" + rejected.path("key").asText() + "\",";
        String name = "messagesBlocked-" + rejected.path("key").asText() + "-unreadable.json";
        assertThat(good).contains(key);
        String message = "{\"id\":\"5\",\"messageTime\":\"2026-11-20T11:30:00Z\",\"threatsInfoMap\":[]}";
        String click = "{\"id\":\"6\",\"clickTime\":\"2026-11-20T11:30:00Z\"}";

        assertRefused(
                name, good.replace(key, ""), "a rejected record in it lacks key; required: reason, type, key, record");
        assertRefused("a-" + name, good.replace("\"record\":", "\"rec\":"), "lacks record");
        assertRefused("second-without-key.json", good + good.replace(key, ""), "lacks key");
        assertRefused("messagesBlocked-list-of-them.json", "[" + good + "]", "no field of messagesBlocked events");
        assertRefused("messagesBlocked-in-list.json", "{\"events\":[" + message + "]}", "no field of messagesBlocked");
        assertRefused("messagesBlocked-second.json", message + "{\"other\":1}", "no field of messagesBlocked events");
        assertRefused(
                "empty.json",
                rejected.toString().replace("\"record\":null", "\"record\":{}"),
                "no field of messagesBlocked");
        assertRefused(
                "other-type.json",
                good.replace("\"type\":\"messagesBlocked\"", "\"type\":\"messagesDelivered\""),
                "its type is messagesDelivered, but its table belongs to another type");
        assertRefused("clicksPermitted-wrong.ndjson", message, "messageTime but no clickTime", "clicksPermitted");
        assertRefused("messagesBlocked-wrong.ndjson", message + "\n" + click, "clickTime but no messageTime");

        assertThat(services.rows()).isEmpty();
        assertThat(services.reads(Purpose.REPLAY)).isEmpty();
        state.drop("good.json", good);
        state.await("replay/done", 1);
        assertThat(services.rows()).hasSize(1);
    }

    @Test
    void listWithAnEventOlderThanTheKnownKeysIsRefused() throws Exception {
        services.start().poll().stop();
        int polled = services.rows().size();
        services.clock().advance(Duration.ofDays(9));
        services.start();
        String recent = event("2").replace("2026-11-20T", "2026-11-29T");

        assertRefused("messagesBlocked.ndjson", recent + event("1"), "2026-11-20 11:00-12:00 UTC", "sent twice");
        assertThat(services.rows()).hasSize(polled);

        state.drop("messagesBlocked-recent.ndjson", recent);
        state.await("replay/done", 1);
        assertThat(services.rows()).hasSize(polled + 1);
    }

    private void assertRefused(String name, String content, String... why) throws IOException {
        assertRefused(name, content.getBytes(StandardCharsets.UTF_8), why);
    }

    private void assertRefused(String name, byte[] content, String... why) throws IOException {
        state.drop(name, content);
        assertThat(state.reason(name)).as(name).contains(why).doesNotContain(StateFolder.MARKER);
    }

    private static String event(String id) {
        return "{\"id\":\"" + id
                + "\",\"GUID\":\"g\",\"messageTime\":\"2026-11-20T11:30:00Z\",\"clickTime\":\"2026-11-20T11:30:00Z\",\"subject\":\""
                + StateFolder.MARKER + "\",\"recipient\":\"r\"}";
    }

    private static String row(String type, String id) {
        return type + "|" + id + "|r";
    }

    /** The document as an operator corrects it. */
    private static String repaired(JsonNode rejected, String id) {
        return rejected.toString().replace("\"record\":null", "\"record\":" + event(id));
    }

    private static byte[] answer(String members) {
        return ("{" + members + "}").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] cut(byte[] packed) {
        return Arrays.copyOf(packed, packed.length - 12);
    }
}
