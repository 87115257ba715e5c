package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The page about the doctor, which is made of what it printed in the tests: a test fails when the page says something else.
 * {@code mvn verify -Pfull -Dit.test=DoctorIT -Ddoctor.page=write} writes it.
 */
final class DoctorPage {

    private static final Path PAGE = Path.of(System.getProperty("user.dir"), "src/site/markdown/doctor.md");
    private static final boolean WRITE = "write".equals(System.getProperty("doctor.page"));
    private static final String INTRODUCTION = """
            # Doctor

                java -jar target/tap-sentinel.jar doctor

            looks at everything that a run needs, in the directory and with the environment that the program would have, and prints a
            line for each as soon as it is known: `✓` it is well, `✗` what is wrong and what to do about it, `-` it could not be looked at
            and why. It exits with 0 when all is well, else with 1 and the number of problems on the error stream. Each check ends after
            20 seconds at the latest.

            It costs one request of TAP's pool, for 30 seconds of ten minutes ago; its content is not read. The streams get an empty
            array each, so that no row is written. Nothing is made or changed here either, and no lock is taken: the program may run
            meanwhile. No secret, token or content of an event is printed.

            What follows was printed by tests of the packaged program against local servers, which is why all addresses are
            `127.0.0.1`; ports, times, ids of requests, numbers of processes, free space and the folder were made the same. This page is
            generated (`DoctorIT`), and a difference fails the build.
            """;

    /** What is wrong, in the page's order. */
    enum Scenario {
        ALL_WELL("All is well", "Before the first start, with a managed identity."),
        RUNNING("The program is running", "The doctor is called beside it, in the same directory."),
        NOTHING_SET("Nothing is configured", "No account is at hand yet."),
        WRONG_SECRET("A wrong TAP secret", "`TAP_SECRET` is not what TAP's dashboard gave."),
        UNKNOWN_RULE(
                "An unknown rule id", "`SENTINEL_DCR_IMMUTABLE_ID` is of another rule, or the endpoint of another."),
        MISSING_ROLE(
                "A missing role",
                "The identity gets a token but has no role on the rule, or was given it a few minutes ago."),
        NO_STREAM("A stream that is not declared", "The rule was made without one of the four tables."),
        UNREACHABLE(
                "Unreachable hosts",
                "Nobody listens at `tap.url`, and the name in `sentinel.endpoint` does not exist."),
        UNTRUSTED(
                "A certificate of an unknown authority",
                "As behind a proxy that opens TLS, or with a private certificate authority."),
        HTTP("http off loopback", "Neither side is asked over a connection that anybody can read."),
        UNWRITABLE("A store that cannot be written", "There is a file where the store's folder would be."),
        NO_TOKEN("No token", "The identity is there and gets no token."),
        SKEWED("A clock that is wrong", "This machine's clock is two minutes ahead of TAP's."),
        THROTTLED("TAP's requests are used up", "The program has made none: another client uses the credential.");

        private final String title;
        private final String cause;

        Scenario(String title, String cause) {
            this.title = title;
            this.cause = cause;
        }

        /** What the page has to say of it. */
        private String section(String output) {
            return "## " + title + "\n\n" + cause + "\n\n"
                    + output.lines().map(line -> "    " + line + "\n").collect(Collectors.joining());
        }
    }

    private DoctorPage() {}

    /** Compares one section with what was printed, or writes it. */
    static void assertThatItShows(Scenario scenario, String output, Path work) throws IOException {
        String section = scenario.section(normal(output, work));
        Map<Scenario, String> sections = sections();
        if (WRITE) {
            sections.put(scenario, section);
            Files.writeString(PAGE, page(sections));
        } else {
            assertThat(sections.get(scenario))
                    .as("doctor.md, written by -Ddoctor.page=write")
                    .isEqualTo(section);
        }
    }

    /** The page is its introduction and all sections, in order, and nothing else. */
    static void assertThatItIsWhole() throws IOException {
        Map<Scenario, String> sections = sections();
        if (!WRITE) {
            assertThat(sections.keySet()).containsExactly(Scenario.values());
            assertThat(Files.readString(PAGE)).isEqualTo(page(sections));
        }
    }

    /** What is another each time is made the same. */
    private static String normal(String output, Path work) {
        return output.replace(work.toAbsolutePath().toString(), "/srv/tap-sentinel")
                .replaceAll("127\\.0\\.0\\.1:\\d+", "127.0.0.1:8443")
                .replaceAll("process \\d+ since [^ ;]+", "process 4711 since 2026-11-20T08:00:00Z")
                .replaceAll("[\\d.,]+ [GM]B free", "20 GB free")
                .replaceAll("valid for [^;]+;", "valid for 24 h;")
                .replaceAll("clock is 2 min( \\d s)? ahead", "clock is 2 min ahead")
                .replaceAll(
                        "request [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                        "request 00000000-0000-0000-0000-000000000000");
    }

    private static Map<Scenario, String> sections() throws IOException {
        Map<Scenario, String> sections = new EnumMap<>(Scenario.class);
        Matcher section = Pattern.compile("(?ms)^## (.*?)$.*?(?=\\n## |\\z)")
                .matcher(Files.exists(PAGE) ? Files.readString(PAGE) : "");
        while (section.find()) {
            Arrays.stream(Scenario.values())
                    .filter(scenario -> scenario.title.equals(section.group(1)))
                    .forEach(scenario -> sections.put(scenario, section.group()));
        }
        return sections;
    }

    private static String page(Map<Scenario, String> sections) {
        return INTRODUCTION + "\n" + String.join("\n", sections.values());
    }
}
