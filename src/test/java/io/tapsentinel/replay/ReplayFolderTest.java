package io.tapsentinel.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayFolderTest {

    @TempDir
    Path folder;

    private final ReplayFolder replay = new ReplayFolder(Clock.systemUTC());

    @ParameterizedTest
    @ValueSource(strings = {"a", "\u00e9", "\ud83d\ude00"})
    void longestFileNameIsMovedAndKeepsItsEnd(String letter) throws Exception {
        String name = letter.repeat(240 / letter.getBytes("UTF-8").length) + "end.json";
        Path file = Files.writeString(folder.resolve(name), "{}");

        replay.failed(file, "it is a test");

        assertThat(file).doesNotExist();
        assertThat(folder.resolve(ReplayFolder.FAILED))
                .isDirectoryContaining(moved -> moved.toString().endsWith("end.json"))
                .isDirectoryContaining(moved -> moved.toString().endsWith("end.json.reason.txt"));
    }

    @Test
    void filesOfTheSameNameAreBothKept() throws Exception {
        for (int i = 0; i < 2; i++) {
            replay.done(Files.writeString(folder.resolve("one.json"), "{}"));
        }

        try (var files = Files.list(folder.resolve(ReplayFolder.DONE))) {
            assertThat(files).hasSize(2);
        }
    }
}
