package io.tapsentinel.monitoring.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.config.Remedies;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HealthPageTest {

    @Test
    void operationPageListsEveryKnownProblem() throws Exception {
        List<String> rows = Files.readAllLines(Path.of("src/site/markdown/operation.md")).stream()
                .filter(line -> line.matches("\\| [a-z]+ \\| (DOWN|DEGRADED) \\|.*"))
                .toList();

        assertThat(rows)
                .containsExactlyElementsOf(Stream.of(KnownProblem.values())
                        .map(known -> "| " + known.part() + " | " + known.level() + " | " + known.what() + " | "
                                + known.remedy() + " |")
                        .toList());
    }

    @Test
    void statusPageUsesOnlyKnownRemedies() throws Exception {
        List<String> list = new ArrayList<>();
        for (Field field : Remedies.class.getFields()) {
            list.add((String) field.get(null));
        }
        String judge = Files.readString(Path.of("src/main/resources/page/judge.js"));

        assertThat(Pattern.compile("remedy: \"([^\"]*)\"")
                        .matcher(judge)
                        .results()
                        .map(found -> found.group(1)))
                .hasSize(3)
                .isSubsetOf(list);
    }
}
