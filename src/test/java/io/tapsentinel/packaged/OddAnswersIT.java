package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.testing.ListedEventsTap;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServices;
import io.tapsentinel.testing.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Records that no table takes as they are. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class OddAnswersIT extends PackagedFixture {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Columns for a text; with 62,000 bytes in each a record is over 1.2 MB and no single value too long. */
    private static final List<String> TEXTS =
            List.of(("cluster subject quarantineFolder quarantineRule headerFrom headerReplyTo QID "
                            + "messageID sender senderIP xmailer")
                    .split(" "));

    private static final List<String> LISTS =
            List.of(("policyRoutes modulesRun fromAddress ccAddresses replyToAddress toAddresses messageParts "
                            + "threatsInfoMap recipient")
                    .split(" "));

    private final ListedEventsTap tap = new ListedEventsTap();
    private final Map<String, JsonNode> landed = new ConcurrentHashMap<>();
    private StateFolder state;

    @BeforeEach
    void prepare() {
        state = new StateFolder(folder.resolve("work/state"));
    }

    @Test
    void anArrayThatNobodyKnowsIsKeptAsideOnceAndTheFourOthersFlow() throws Exception {
        tap.addClicks(5);
        tap.add("clicksPermitted", "");
        tap.add("messagesDelivered", "");
        tap.add("messagesBlocked", "");
        String[] unknown = {
            tap.add("messagesQuarantined", "\"subject\":\"" + LiveServices.MARKER + "\""),
            tap.add("messagesQuarantined", "")
        };
        ScriptedServices services = open(services());
        PackagedProgram program = open(services.launch(folder).start());
        awaitReads(program, 1);
        assertThat(landed).as("landed").hasSize(8);
        Map<Path, FileTime> files = times();
        awaitReads(program, 4);
        assertThat(times()).as("written once, however often it was read").isEqualTo(files);
        assertThat(state.rejected("unknown-type"))
                .extracting(document -> document.path("record").path("id").asText())
                .containsExactlyInAnyOrder(unknown);
        assertThat(services.deliveries().duplicates()).as("twice").isEmpty();
    }

    @Test
    void whatIsTooLargeIsCutWhereThatHelpsAndNothingOfItIsLost() throws Exception {
        String tooLarge = tap.add(
                "messagesBlocked",
                Stream.concat(
                                TEXTS.stream().map(name -> text(name, 62_000)),
                                LISTS.stream().map(name -> "\"" + name + "\":[\"" + "y".repeat(62_000) + "\"]"))
                        .collect(Collectors.joining(",")));
        String longText = tap.add("messagesBlocked", text("subject", 1_200_000));
        String threats = tap.add(
                "messagesDelivered",
                "\"threatsInfoMap\":"
                        + IntStream.range(0, 1_000)
                                .mapToObj(i -> "{" + text("threat", 180) + ",\"threatID\":\"" + i + "\"}")
                                .collect(Collectors.joining(",", "[", "]")));
        String plain = tap.add("messagesBlocked", "");
        ScriptedServices services = open(services());
        PackagedProgram program = open(services.launch(folder).start());
        awaitReads(program, 2);
        assertThat(landed).containsOnlyKeys(longText, threats, plain);
        assertThat(landed.get(longText).path("subject").asText())
                .hasSizeBetween(60_000, 65_536)
                .contains("[cut ");
        JsonNode cut = landed.get(threats).path("threatsInfoMap");
        assertThat(cut.get(cut.size() - 1).path("tapSentinelCut").path("of").asInt())
                .isEqualTo(1_000);

        assertThat(state.rejected("too-large")).hasSize(1);
        assertThat(state.rejected("too-large").get(0).path("record").path("id").asText())
                .isEqualTo(tooLarge);
        Map<String, JsonNode> whole = state.rejected("capped").stream()
                .map(document -> document.path("record"))
                .collect(Collectors.toMap(record -> record.path("id").asText(), record -> record));
        assertThat(whole).containsOnlyKeys(longText, threats);
        assertThat(whole.get(longText).path("subject").asText()).hasSizeGreaterThanOrEqualTo(1_200_000);
        assertThat(whole.get(threats).path("threatsInfoMap").size()).isEqualTo(1_000);
        assertThat(services.deliveries().duplicates()).as("twice").isEmpty();
    }

    private ScriptedServices services() throws IOException {
        ScriptedServices services = new ScriptedServices(2_000, Duration.ofMinutes(30));
        services.tap().script(call -> tap::on);
        services.sink().script(call -> upload -> {
            JSON.readTree(upload.body())
                    .forEach(row -> landed.put(row.path("id").asText(), row));
            services.store(upload);
        });
        return services;
    }

    private static String text(String name, int length) {
        return "\"" + name + "\":\"" + LiveServices.MARKER + "x".repeat(length) + "\"";
    }

    private static void awaitReads(PackagedProgram program, int reads) {
        program.awaitMatches(LiveServices.COMMITTED, reads);
    }

    private Map<Path, FileTime> times() throws IOException {
        Map<Path, FileTime> times = new ConcurrentHashMap<>();
        for (Path file : state.rejectedFiles()) {
            times.put(file, Files.getLastModifiedTime(file));
        }
        return times;
    }
}
