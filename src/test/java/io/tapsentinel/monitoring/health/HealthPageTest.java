package io.tapsentinel.monitoring.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HealthPageTest {

    @Test
    void thePageHasARowForEveryProblemThatHealthTells() throws Exception {
        List<String> rows = Files.readAllLines(Path.of("src/site/markdown/operations.md")).stream()
                .filter(line -> line.matches("\\| [a-z]+ \\| (DOWN|DEGRADED) \\|.*"))
                .toList();

        assertThat(rows)
                .containsExactlyElementsOf(Stream.of(KnownProblem.values())
                        .map(known -> "| " + known.part() + " | " + known.level() + " | " + known.what() + " | "
                                + known.remedy() + " |")
                        .toList());
    }
}
