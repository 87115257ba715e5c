package io.tapsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Text uses the project's terms and plain words. Finds known phrases only; whether a sentence is clear is for a reader to judge. */
class WordingTest {

    /** Phrases (regular expressions, any case, whole words), and what to write instead. */
    private static final Map<String, String> INSTEAD = Map.ofEntries(
            Map.entry("(has|have) to", "must, or the imperative"),
            Map.entry("(is|are) to be", "must be"),
            Map.entry("a person (has|is|can|must)", "needs action"),
            Map.entry("needs? a look", "needs action"),
            Map.entry("whoever|nobody [a-z]+", "who it is, or the passive"),
            Map.entry("anew|once more", "again"),
            Map.entry("brought in", "replayed, imported"),
            Map.entry("stand-ins?|stood in for", "simulated"),
            Map.entry("put right|mends?|mended", "fix"),
            Map.entry("(lies|lie|put|set) aside", "rejected, stored"),
            Map.entry("let go of|given back", "released"),
            Map.entry("(has|had|have) (its|their) end", "settled"),
            Map.entry("(owed|lost) time", "backlog, gap"),
            Map.entry("theirs and ours|(more|less) than theirs", "reported by Proofpoint, in Sentinel"),
            Map.entry("(reader|connector) that looks once", "single-pass connector"),
            Map.entry("as (it|they) (should|have to|has to) be", "OK"),
            Map.entry("(is|are|was) told|tells of|says so", "logged, reported, shown"),
            Map.entry("what of it", "name the thing"),
            Map.entry("makes? (no )?sense", "helps, or say why"));

    /** Files and folders whose words are quoted or not ours. */
    private static final Set<Path> EXEMPT = Set.of(
            Path.of("src/generated"),
            Path.of("src/test/java/io/tapsentinel/WordingTest.java"),
            Path.of("src/test/resources/samples"));

    private static final Pattern TEXT =
            Pattern.compile(".*\\.(java|md|ya?ml|properties|js|html|css|json|kql|xml)|.*/run");
    private static final Pattern LINE_BREAK = Pattern.compile("\\s*\\n\\s*(\\*|//|#|\"\\s*\\+\\s*\")?\\s*");

    private static final List<String> TOPS =
            List.of("README.md", "application.properties", "pom.xml", "routes", "kubernetes", "src", ".github", ".ci");

    /** Each file as one line. */
    private static final Map<Path, String> TEXTS = new TreeMap<>();

    @BeforeAll
    static void read() throws IOException {
        TEXTS.putAll(texts());
    }

    static Stream<String> phrases() {
        return INSTEAD.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("phrases")
    void noTextUses(String phrase) {
        Pattern wrong = Pattern.compile("(?i)\\b(" + phrase + ")\\b");
        List<String> found = new ArrayList<>();
        TEXTS.forEach((file, text) -> wrong.matcher(text)
                .results()
                .forEach(at -> found.add(file + ": "
                        + text.substring(Math.max(0, at.start() - 40), Math.min(text.length(), at.end() + 40)))));

        assertThat(found).as("write: " + INSTEAD.get(phrase)).isEmpty();
    }

    @Test
    void theSearchFindsAPhraseAcrossTheLinesOfAComment() {
        assertThat(LINE_BREAK.matcher("     * that has\n     * to wait").replaceAll(" "))
                .endsWith("that has to wait");
    }

    private static Map<Path, String> texts() throws IOException {
        Map<Path, String> texts = new TreeMap<>();
        for (String top : TOPS) {
            try (Stream<Path> files = Files.walk(Path.of(top))) {
                for (Path file : files.filter(Files::isRegularFile)
                        .filter(each -> TEXT.matcher(each.toString()).matches())
                        .filter(each -> EXEMPT.stream().noneMatch(each::startsWith))
                        .toList()) {
                    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                    texts.put(file, LINE_BREAK.matcher(text).replaceAll(" "));
                }
            }
        }
        return texts;
    }
}
