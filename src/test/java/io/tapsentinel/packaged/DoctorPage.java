package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The examples of the page on operation: each must be what the doctor really prints. A line {@code ...} stands for left-out lines. */
final class DoctorPage {

    static final String ALL_FINE = "All is fine";
    static final String NOT_CONFIGURED = "Not configured";
    static final String MISSING_ROLE = "A missing role";

    private static final Path PAGE = Path.of(System.getProperty("user.dir"), "src/site/markdown/operation.md");

    private DoctorPage() {}

    /** @param work the program's folder, which the page calls /srv/tap-sentinel */
    static void assertThatItShows(String example, List<String> output, Path work) throws IOException {
        String pattern = Arrays.stream(example(example).split("\n"))
                .map(line -> line.equals("...") ? "(.*\n)+?" : Pattern.quote(line + "\n"))
                .collect(Collectors.joining());

        assertThat(normal(String.join("\n", output) + "\n", work)).as(example).matches(pattern);
    }

    /** The first indented block below the heading. */
    private static String example(String heading) throws IOException {
        String section =
                Files.readString(PAGE).split("\n### " + heading + "\n", 2)[1].split("\n#", 2)[0];
        String block = section.lines()
                .filter(line -> line.startsWith("    "))
                .map(String::strip)
                .collect(Collectors.joining("\n"));
        assertThat(block).as(heading).contains("\n");
        return block;
    }

    /** Replaces what differs from run to run. */
    private static String normal(String output, Path work) {
        return output.replace(work.toAbsolutePath().toString(), "/srv/tap-sentinel")
                .replaceAll("127\\.0\\.0\\.1:\\d+", "127.0.0.1:8443")
                .replaceAll("[\\d.,]+ [GM]B free", "20 GB free")
                .replaceAll("valid for [^;]+;", "valid for 24 h;")
                .replaceAll(
                        "request [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                        "request 00000000-0000-0000-0000-000000000000");
    }
}
