package io.tapsentinel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.store.StoreException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {

    @TempDir
    Path folder;

    private final CommandSetup setup = new CommandSetup(() -> folder);

    @ParameterizedTest
    @ValueSource(strings = {"stauts", "status gaps", "routes", "routes chek", "routes check a b", "status --local"})
    void anUnknownCommandIsAnsweredWithTheKnownOnes(String words) {
        assertThat(setup.run(words.split(" "))).isEmpty();
        assertThat(setup.exit()).isEqualTo(1);
        assertThat(setup.notes()).contains("Usage: tap-sentinel");
    }

    @Test
    void aMisspeltCommandIsAnsweredWithASuggestion() {
        setup.run("stauts");
        assertThat(setup.notes()).contains("'stauts'", "Did you mean: tap-sentinel status");
    }

    @ParameterizedTest
    @ValueSource(strings = {"help", "--help", "-h"})
    void helpListsEachCommand(String word) {
        assertThat(setup.run(word))
                .contains(
                        "--local",
                        "--version",
                        "  status ",
                        "  gaps ",
                        "  rejected ",
                        "  duplicates ",
                        "  doctor ",
                        "  routes ");
        assertThat(setup.exit()).isZero();
    }

    @Test
    void doctorWorksWithoutAStoreAndCreatesNone() {
        assertThatThrownBy(() -> setup.run("doctor"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("doctor: ");
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "gaps", "rejected", "duplicates"})
    void withoutAStoreEachCommandNamesTheMissingFileAndCreatesNothing(String word) {
        assertThatThrownBy(() -> setup.run(word))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("there is no store at " + setup.file())
                .hasMessageContaining("TAP_SANDBOX=on");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void theSandboxUsesItsOwnStore() {
        assertThatThrownBy(() -> setup.with("tap.sandbox", "on").run("status"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(
                        Path.of("sandbox/tap-sentinel.db").toAbsolutePath().toString());
    }

    @Test
    void anUnsupportedStoreUrlIsRefusedWithItsPropertyName() {
        assertThatThrownBy(() -> setup.with("state.url", "jdbc:mysql://db/tap").run("status"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("state.url is");
    }
}
