package io.tapsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests, files and headings named on the pages exist. */
class PagesTest {

    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))(?:#\\w+)?`");
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:|mailto:)([^)#\\s]*)(#[^)\\s]+)?\\)");
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

    static List<Path> pages() throws IOException {
        try (Stream<Path> more =
                Stream.concat(Files.list(Path.of("src/site/markdown")), Files.list(Path.of(".github")))) {
            return Stream.concat(Stream.of(Path.of("README.md")), more)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void namesTestsThatExist(Path page) throws IOException {
        Set<String> classes;
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            classes = files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .collect(Collectors.toSet());
        }

        assertThat(found(TEST, page).map(test -> test.group(1)).filter(test -> !classes.contains(test)))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksToFilesAndHeadingsThatExist(Path page) throws IOException {
        List<MatchResult> links = found(LINK, page).toList();
        for (MatchResult link : links) {
            Path target = link.group(1).isEmpty()
                    ? page
                    : page.resolveSibling(link.group(1)).normalize();
            assertThat(target).as(link.group()).exists();
            if (link.group(2) != null) {
                assertThat(found(HEADING, target).map(heading -> anchor(heading.group(1))))
                        .as(link.group())
                        .contains(link.group(2));
            }
        }
    }

    /** The anchor that GitHub gives a heading. */
    private static String anchor(String heading) {
        return "#"
                + heading.toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").replace(' ', '-');
    }

    private static Stream<MatchResult> found(Pattern pattern, Path page) throws IOException {
        return pattern.matcher(Files.readString(page)).results();
    }
}
