package io.tapsentinel.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tapsentinel.CommandSetup;
import io.tapsentinel.config.EffectiveProperties;
import io.tapsentinel.rejected.RejectedSettings;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.OddNames;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import io.tapsentinel.testing.StateFolder;
import io.tapsentinel.testing.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Arrays of unknown types with arbitrary names: one event in each, identical except for the array. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OddNamesIT {

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final int ALL = OddNames.ALL.size();

    @AutoClose
    private final SimulatedServices services = new SimulatedServices();

    private final StateFolder state = services.state();

    @RegisterExtension
    final LogLines log = new LogLines();

    @Test
    void eachEventIsStoredOnceAcrossRestartsAndOrders() throws Exception {
        answerWith(OddNames.ALL);
        RunningProgram program = services.start().poll();

        assertThat(services.rows()).as("known types").isEqualTo(services.firstHour());
        assertStoredOnce(program);
        List<Path> files = state.documents("rejected");
        List<String> listed = listed();
        program.stop();

        List<String> reversed = new ArrayList<>(OddNames.ALL);
        Collections.reverse(reversed);
        answerWith(reversed);
        services.clock().advance(Duration.ofMinutes(5));
        program = services.start().poll();

        assertThat(services.reads()).hasSize(2);
        assertThat(services.reads().get(1).total(LedgerCount.REJECTED)).isZero();
        assertStoredOnce(program);
        assertThat(state.documents("rejected")).isEqualTo(files);
        assertThat(listed()).isEqualTo(listed);
    }

    @Test
    void retentionRemovesOldDocumentsAndReplayFindsTheOthers() throws Exception {
        services.with("tap.replay.uri", "file:" + state.resolve("replay") + "?delay=20&initialDelay=0");
        answerWith(OddNames.ALL);
        services.start().poll();
        List<Path> files = state.documents("rejected");
        Path old = Files.createDirectories(services.folder().resolve("old"));
        for (Path file : files) {
            Path copy = Files.copy(file, old.resolve(file.getFileName()));
            Files.setLastModifiedTime(copy, FileTime.from(services.clock().now().minus(Duration.ofDays(31))));
        }

        retention(old).run();
        state.replayRejected();

        assertThat(old).isEmptyDirectory();
        await("every document is in failed/")
                .atMost(Duration.ofSeconds(40))
                .until(() -> state.files("replay/failed").size() == 2 * ALL);
        await("the last reason is written")
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(state.files("replay/failed"))
                        .filteredOn(file -> file.toString().endsWith(".reason.txt"))
                        .allSatisfy(file -> assertThat(file).content().contains("its type is unknown")));
    }

    private void assertStoredOnce(RunningProgram program) throws IOException, SQLException {
        assertThat(state.rejected("unknown-type")).hasSize(ALL);
        assertThat(state.files("rejected"))
                .hasSize(ALL)
                .allSatisfy(file -> assertThat(file.getFileName().toString())
                        .matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}-[0-9a-f]{32}-unknown-type\\.json"));
        assertThat(services.store().number("SELECT count(DISTINCT stream) FROM seen WHERE rejected = 1"))
                .isEqualTo(ALL);
        assertThat(services.store().number("SELECT count(DISTINCT key) FROM seen WHERE rejected = 1"))
                .isEqualTo(ALL);
        assertThat(listed())
                .hasSize(ALL)
                .allSatisfy(line -> assertThat(line)
                        .matches(
                                "[A-Za-z0-9_][A-Za-z0-9_.-]*\t[0-9a-f]{32}\t[^\t]+\tunknown-type\t-\t[A-Za-z0-9_.-]+"));
        assertThat(new HashSet<>(listed())).hasSize(ALL);
        assertThat(services.store().number("SELECT count(DISTINCT stream) FROM ledger_count"))
                .as("counts in the ledger")
                .isLessThanOrEqualTo(5);
        String told = program.health("tap-storage").getDetails().toString() + log.lines();
        assertThat(told).doesNotContain(StateFolder.MARKER);
        assertThat(told.chars()).allMatch(c -> c >= ' ' && c < 0x7f);
    }

    /** Output of the command {@code rejected}. */
    private List<String> listed() {
        Map<String, String> properties = new HashMap<>(EffectiveProperties.load(services.folder(), Map.of()));
        properties.putAll(TestDatabase.properties(state.resolve("tap.db")));
        properties.put("tap.rejected.uri", "file:" + state.resolve("rejected"));
        return CommandSetup.print(properties, services.clock(), "rejected")
                .lines()
                .toList();
    }

    private Retention retention(Path rejected) {
        return new Retention(
                new RejectedSettings("file:" + rejected, Duration.ofDays(30), 1_000_000),
                new ReplaySettings("direct:unused", Duration.ofDays(7)),
                services.clock(),
                () -> true);
    }

    /** From now on TAP's answers start with these arrays. */
    private void answerWith(List<String> names) {
        String members = names.stream()
                .map(name -> quoted(name) + ":[{\"id\":\"1\",\"subject\":\"" + StateFolder.MARKER + "\"}],")
                .collect(Collectors.joining());
        services.tapProxy().rewrite(body -> {
            String answer = new String(body, StandardCharsets.UTF_8);
            return ("{" + members + answer.substring(answer.indexOf('{') + 1)).getBytes(StandardCharsets.UTF_8);
        });
    }

    private static String quoted(String name) {
        try {
            return JSON.writeValueAsString(name);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
