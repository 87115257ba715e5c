package io.tapsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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

    static Stream<String> phrases() {
        return INSTEAD.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("phrases")
    void noTextUses(String phrase) throws IOException {
        Pattern wrong = Pattern.compile("(?i).{0,40}\\b(" + phrase + ")\\b.{0,40}");
        try (Stream<Path> files = texts()) {
            assertThat(files.flatMap(
                            file -> wrong.matcher(joined(file)).results().map(found -> file + ": " + found.group())))
                    .as("write: " + INSTEAD.get(phrase))
                    .isEmpty();
        }
    }

    @Test
    void theSearchFindsAPhraseAcrossTheLinesOfAComment() {
        assertThat(LINE_BREAK.matcher("     * that has\n     * to wait").replaceAll(" "))
                .endsWith("that has to wait");
    }

    private static Stream<Path> texts() throws IOException {
        return Stream.of(
                        "README.md",
                        "application.properties",
                        "pom.xml",
                        "routes",
                        "kubernetes",
                        "src",
                        ".github",
                        ".ci")
                .flatMap(top -> {
                    try {
                        return Files.walk(Path.of(top));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .filter(file -> TEXT.matcher(file.toString()).matches() && Files.isRegularFile(file))
                .filter(file -> EXEMPT.stream().noneMatch(file::startsWith));
    }

    private static String joined(Path file) {
        try {
            return LINE_BREAK
                    .matcher(Files.readString(file, StandardCharsets.ISO_8859_1))
                    .replaceAll(" ");
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }
}
