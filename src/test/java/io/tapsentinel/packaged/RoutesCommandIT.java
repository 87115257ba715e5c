package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.PackagedProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code routes check} in a pipeline: exit code and lines, without an account, a store or a network. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RoutesCommandIT extends PackagedFixture {

    private PackagedProgram.Launch launch;

    @BeforeEach
    void prepare() throws Exception {
        launch = PackagedProgram.in(folder).tableOptions("lingerMs: 200");
    }

    @Test
    void aRefusedFolderExitsWithOneAndALinePerReason() throws Exception {
        Path tables = launch.work().resolve("routes/sentinel-tables.camel.yaml");
        Files.writeString(
                tables,
                Files.readString(tables)
                        .replace(
                                "uri: sentinel:ProofPointTAPClicksBlockedV2_CL",
                                "uri: sentinel:ProofPointTAPClicksPermittedV2_CL")
                        .replace("Repository: messagesBlockedSeen", "Repository: messagesBlokedSeen"));

        List<String> lines = launch.run(1, "routes", "check", "routes").lines();

        assertThat(lines)
                .anyMatch(line -> line.matches(
                        "sentinel-tables\\.camel\\.yaml:\\d+ clicks-blocked, step clicks-blocked-sentinel: .*"))
                .anyMatch(line -> line.matches(
                        "sentinel-tables\\.camel\\.yaml:\\d+ messages-blocked, step messages-blocked-seen: .*"));
        assertThat(lines.get(lines.size() - 1))
                .matches("tap-sentinel: routes: \\d problems; the program refuses these routes");
    }

    @Test
    void withoutAFolderThePackagedRoutesAreChecked() throws Exception {
        launch = PackagedProgram.in(folder.resolve("elsewhere"));

        assertThat(launch.run(0, "routes", "check").lines()).containsExactly("the packaged routes: 5 files OK");
        assertThat(launch.work()).isEmptyDirectory();
    }
}
