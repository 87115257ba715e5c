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
    void wrongCommandLinePrintsTheUsage(String words) {
        assertThat(setup.run(words.split(" "))).isEmpty();
        assertThat(setup.exit()).isEqualTo(1);
        assertThat(setup.notes()).contains("Usage: tap-sentinel");
    }

    @Test
    void misspeltCommandSuggestsTheRightOne() {
        setup.run("stauts");
        assertThat(setup.notes()).startsWith("tap-sentinel: Unknown command \"stauts\". Did you mean \"status\"?\n");
        setup.run("routes", "chek");
        assertThat(setup.notes()).startsWith("tap-sentinel: Unknown command \"chek\". Did you mean \"check\"?\n");
        setup.run("status", "gaps");
        assertThat(setup.notes()).startsWith("tap-sentinel: Unexpected argument \"gaps\".\n");
        setup.run("--lokal");
        assertThat(setup.notes()).startsWith("tap-sentinel: Unknown option \"--lokal\". Did you mean \"--local\"?\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"help", "--help", "-h"})
    void helpListsAllCommands(String word) {
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
    void doctorNeedsNoStoreAndCreatesNone() {
        assertThatThrownBy(() -> setup.run("doctor"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("doctor: ");
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "gaps", "rejected", "duplicates"})
    void missingStoreIsNamedAndNotCreated(String word) {
        assertThatThrownBy(() -> setup.run(word))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("there is no store at " + setup.file())
                .hasMessageContaining("TAP_SANDBOX=on");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void sandboxHasItsOwnStore() {
        assertThatThrownBy(() -> setup.with("tap.sandbox", "on").run("status"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(
                        Path.of("sandbox/tap-sentinel.db").toAbsolutePath().toString());
    }

    @Test
    void unsupportedStoreIsRefused() {
        assertThatThrownBy(() -> setup.with("state.url", "jdbc:mysql://db/tap").run("status"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("state.url is");
    }
}
