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

    @Test
    void aWordThatIsNoneIsAnsweredWithThoseThatAre() {
        assertThatThrownBy(() -> setup.run("stauts"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(
                        "there is no command \"stauts\"; there are status, gaps, rejected, duplicates, doctor, routes check and help, and none runs"
                                + " the program");
        assertThatThrownBy(() -> setup.run("status", "gaps"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("there is no command \"status gaps\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"help", "--help"})
    void helpHasALineForEach(String word) {
        assertThat(setup.run(word).lines())
                .hasSize(8)
                .anyMatch(line -> line.matches("status +progress, .*"))
                .anyMatch(line -> line.startsWith("--local "));
    }

    @Test
    void theDoctorNeedsNoStoreAndMakesNone() {
        assertThatThrownBy(() -> setup.run("doctor"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("doctor: ");
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "gaps", "rejected", "duplicates"})
    void withoutAStoreEachSaysWhereItLookedAndMakesNothing(String word) {
        assertThatThrownBy(() -> setup.run(word))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("there is no store at " + setup.file())
                .hasMessageContaining("TAP_SANDBOX=on");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void theSandboxHasAStoreOfItsOwn() {
        assertThatThrownBy(() -> setup.with("tap.sandbox", "on").run("status"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(
                        Path.of("sandbox/tap-sentinel.db").toAbsolutePath().toString());
    }

    @Test
    void anotherKindOfStoreIsRefusedByItsProperty() {
        assertThatThrownBy(() -> setup.with("state.url", "jdbc:mysql://db/tap").run("status"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("state.url is");
    }
}
