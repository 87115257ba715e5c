package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.event.EventType;
import io.tapsentinel.testing.OddElements;
import io.tapsentinel.testing.OddElements.Case;
import io.tapsentinel.testing.OddElements.Fate;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedRun;
import io.tapsentinel.testing.StateFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How a running program handles odd elements between good ones, and odd answers: the table in samples/odd-elements.txt.
 */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OddElementsIT extends SimulatedRun {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern QUERY_END = Pattern.compile("\"queryEndTime\":\"([^\"]+)\"");

    private final StateFolder state = services.state();
    private final List<Row> landed = new CopyOnWriteArrayList<>();
    private RunningProgram program;
    private int cases;

    private record Row(String table, JsonNode fields) {

        String id() {
            return fields.path("id").asText();
        }
    }

    @BeforeAll
    void start() {
        services.eachRow((table, row) -> landed.add(new Row(table, row)));
        program = services.start();
        answer(end -> "{\"queryEndTime\":\"" + end + "\"}");
        poll();
    }

    static List<Case> table() throws IOException {
        return OddElements.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("table")
    void eachCaseEndsAsTheTableSays(Case odd) throws Exception {
        String id = "case" + ++cases;
        String[] end = new String[1];
        services.tapProxy().rewrite(body -> odd.bytes(id, end[0] = queryEnd(body)));
        int reads = services.reads().size();
        int rows = landed.size();
        Set<Path> before = new HashSet<>(state.rejectedFiles());

        poll();

        assertThat(services.reads().size() > reads).as("committed").isEqualTo(odd.fate() != Fate.FAILS);
        assertThat(rowsSince(rows)).containsExactlyInAnyOrderElementsOf(expected(id, odd.landing()));
        List<JsonNode> rejected = rejectedSince(before);
        switch (odd.fate()) {
            case LANDS -> {
                assertThat(rejected)
                        .allMatch(record -> record.path("reason").asText().equals("capped"));
                if (!odd.look().equals("-")) {
                    String[] look = odd.look().split("=", 2);
                    assertThat(text(oddRow(id).fields().get(look[0]))).isEqualTo(look[1]);
                }
            }
            case REJECTED -> {
                byte[] element = odd.element(id, end[0]);
                JsonNode record = rejected.stream()
                        .filter(each -> each.path("reason").asText().equals("unreadable"))
                        .reduce((one, two) -> {
                            throw new AssertionError("two are rejected");
                        })
                        .orElseThrow();
                assertThat(record.path("why").asText()).contains(odd.look());
                assertThat(record.path("offset").asInt()).as("offset").isEqualTo(odd.begin(id, end[0]));
                assertThat(record.path("length").asInt()).as("length").isEqualTo(element.length);
                assertThat(record.path("bytes").binaryValue())
                        .isEqualTo(Arrays.copyOf(element, Math.min(element.length, 4_000_000)));
                assertThat(record.get("record").isNull()).isTrue();
            }
            case FAILS -> {
                assertThat(rejected).isEmpty();
                int offset = odd.offset(id, end[0]);
                assertThat(log.lines())
                        .anyMatch(line -> line.contains("UTC failed, ")
                                && line.contains(odd.look())
                                && line.matches("(?s).* at byte " + (offset < 0 ? "\\d+" : offset) + "\\b.*"));
            }
        }
        assertNothingMoreComesOfIt(odd, id);
        assertThat(log.lines()).noneMatch(line -> line.contains(StateFolder.MARKER));
    }

    /** Reading the same answer again, or the good one after a failure, delivers nothing twice. */
    private void assertNothingMoreComesOfIt(Case odd, String id) {
        int reads = services.reads().size();
        int rows = landed.size();
        int files = state.rejectedFiles().size();
        boolean failed = odd.fate() == Fate.FAILS;
        if (failed) {
            services.tapProxy().rewrite(body -> OddElements.good(id, queryEnd(body)));
        }

        poll();

        assertThat(services.reads()).as("committed").hasSizeGreaterThan(reads);
        assertThat(rowsSince(rows))
                .containsExactlyInAnyOrderElementsOf(
                        failed ? expected(id, "ABCD".replaceAll("[" + odd.landing() + ".]", "")) : List.of());
        assertThat(state.rejectedFiles()).hasSize(files);
    }

    @ParameterizedTest
    @CsvSource({
        "01-bad-byte, 4",
        "06-same-id-two-messages, 1",
        "07-click-recipient-list, 1",
        "08-both-spellings, 1",
        "09-times, 3",
        "10-future-event, 1"
    })
    void fieldAnswersLand(String name, int events) throws Exception {
        assertSampleLands(name, events);
    }

    @Test
    void clickOnALinkWithTwoThreatsIsTwoEvents() throws Exception {
        assertSampleLands("04-click-two-threats-no-id", 2);
    }

    @Test
    void moreThanTwentyUnreadableElementsAndMoreThanHalfFailTheWindow() {
        String odd = "{'id':x},".repeat(21).replace('\'', '"');
        int reads = services.reads().size();
        int rows = landed.size();
        answer(end -> "{\"queryEndTime\":\"" + end + "\",\"messagesBlocked\":[" + odd + "{\"id\":\"format\"}]}");
        poll();

        assertThat(services.reads()).hasSize(reads);
        assertThat(landed).hasSize(rows);
        assertThat(log.lines()).anyMatch(line -> line.contains("21 of 22 elements of messagesBlocked"));

        answer(end -> "{\"queryEndTime\":\"" + end + "\",\"messagesBlocked\":[{\"id\":\"format\"}]}");
        poll();
        assertThat(rowsSince(rows)).containsExactly("messagesBlocked format");
    }

    private void assertSampleLands(String name, int events) throws Exception {
        byte[] sample;
        try (InputStream in = OddElementsIT.class.getResourceAsStream("/samples/field/" + name + ".json")) {
            sample = in.readAllBytes();
        }
        // all samples use the same few ids
        byte[] own = new String(sample, StandardCharsets.ISO_8859_1)
                .replace("0000-4000-8000", "0000-4000-80" + name.substring(0, 2))
                .getBytes(StandardCharsets.ISO_8859_1);
        int reads = services.reads().size();
        int rows = landed.size();
        services.tapProxy().rewrite(body -> own);

        poll();
        assertThat(services.reads()).as("committed").hasSize(reads + 1);
        assertThat(landed.size() - rows).as("rows").isEqualTo(events);

        poll();
        assertThat(landed.size() - rows).as("rows after the second poll").isEqualTo(events);
    }

    /** Sets TAP's next answers for the end of the requested window, one byte a character. */
    private void answer(UnaryOperator<String> answer) {
        services.tapProxy().rewrite(body -> answer.apply(queryEnd(body)).getBytes(StandardCharsets.ISO_8859_1));
    }

    private void poll() {
        services.clock().advance(Duration.ofMinutes(5));
        program.poll();
    }

    private static String queryEnd(byte[] body) {
        Matcher end = QUERY_END.matcher(new String(body, StandardCharsets.UTF_8));
        assertThat(end.find()).isTrue();
        return end.group(1);
    }

    /** Type and id of the rows added since. */
    private List<String> rowsSince(int rows) {
        return landed.subList(rows, landed.size()).stream()
                .map(row -> type(row.table()) + " " + row.id())
                .toList();
    }

    private static String type(String table) {
        return Arrays.stream(EventType.values())
                .filter(type -> type.table().equals(table))
                .findFirst()
                .orElseThrow()
                .arrayName();
    }

    private static List<String> expected(String id, String letters) {
        return letters.chars()
                .mapToObj(
                        letter -> (letter == 'D' ? "clicksPermitted " : "messagesBlocked ") + id + "-" + (char) letter)
                .toList();
    }

    private Row oddRow(String id) {
        return landed.stream()
                .filter(row -> row.id().equals(id + "-x"))
                .findFirst()
                .orElseThrow();
    }

    private List<JsonNode> rejectedSince(Set<Path> before) throws IOException {
        List<JsonNode> rejected = new ArrayList<>();
        for (Path file : state.rejectedFiles()) {
            if (!before.contains(file)) {
                rejected.add(JSON.readTree(file.toFile()));
            }
        }
        return rejected;
    }

    private static String text(JsonNode value) {
        return value == null ? "" : value.isTextual() ? value.textValue() : value.toString();
    }
}
