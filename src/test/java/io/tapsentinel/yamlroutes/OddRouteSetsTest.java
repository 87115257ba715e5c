package io.tapsentinel.yamlroutes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.config.InvalidSettingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Route files in other notations, and files that are not routes. */
class OddRouteSetsTest {

    private final EditedSet set = new EditedSet();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "# nothing\n",
                "just a text",
                "route:\n  id: mine\n  from:\n    uri: timer:mine\n    steps:\n      - stop: {}\n"
            })
    void fileThatIsNotAListOfRoutesIsRefused(String text) {
        set.mine(text).assertOneProblem().startsWith("mine.camel.yaml: is not a list of routes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\uFEFF", "# mine\n\n", "---\n", "%YAML 1.2\n---\n# mine\n", "\r\n  # mine\r\n"})
    void commentsAndMarkersBeforeTheFirstRouteAreAccepted(String start) {
        assertThat(set.mine(start
                                + "- route:\n"
                                + "    id: mine\n"
                                + "    from:\n"
                                + "      uri: timer:mine\n"
                                + "      steps:\n"
                                + "        - stop: {}\n")
                        .problems())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct://filtered", "direct:filtered?block=false", "direct:{{mine}}"})
    void otherSpellingsOfAnEndpointAreAccepted(String uri) {
        set.properties.put("mine", "filtered");

        assertThat(set.before("- to: \"" + uri + "\"").problems()).isEmpty();
    }

    @Test
    void beanThatReplacesARepositoryIsRefused() {
        set.mine("- beans:\n"
                + "    - name: messagesBlockedSeen\n"
                + "      type: org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository\n");
        set.assertOneProblem().contains("bean messagesBlockedSeen: the program uses this name; choose another one");
    }

    @Test
    void ownBeanIsAccepted() {
        assertThat(set.mine("- beans:\n    - name: mine\n      type: java.util.Date\n")
                        .problems())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"eager", "skipDuplicate", "removeOnFailure"})
    void idempotentConsumerThatCannotReserveIsRefused(String flag) {
        String repository = "idempotentRepository: messagesBlockedSeen";
        set.edit(RoutesFixture.TABLES, repository, repository + "\n            " + flag + ": \"false\"");

        set.assertOneProblem().contains("messages-blocked-seen: " + flag + " must stay true");

        set.edit(RoutesFixture.TABLES, flag + ": \"false\"", flag + ": \"true\"");
        assertThat(set.problems()).isEmpty();
    }

    @Test
    void routeOfARestDefinitionIsNamedWithoutALocation() {
        set.mine("- rest:\n    path: /x\n    get:\n      - path: /y\n        to: direct:filtered\n");

        assertThat(set.problems())
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem).doesNotContain("null", "-1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- route: {id: mine, from: {uri: 'direct:mine', steps: [{tofu: {uri: 'direct:other'}}]}}\n",
                "- route: {id: mine, from: {uri: 'nosuch:mine', steps: [{to: {uri: 'direct:filtered'}}]}}\n"
            })
    void unknownStepOrComponentIsRefusedByFile(String text) {
        assertThat(set.mine(text).problems())
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem).contains("mine.camel.yaml"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello\n", "- route: {id: mine, from: {uri: 'direct:mine', steps: [{stop: {}}]}}\n"})
    void setWithoutThePollIsRefused(String text) {
        RouteFiles alone = new RouteFiles(new TreeMap<>(Map.of("mine.camel.yaml", text)));

        assertThat(RouteContract.check(alone, set.properties)).isNotEmpty();
    }

    @Test
    void fileThatIsNotUtf8IsNamed(@TempDir Path folder) throws Exception {
        Files.write(folder.resolve("mine.camel.yaml"), new byte[] {'#', (byte) 0xE4, '\n'});

        assertThatThrownBy(() -> RouteFiles.in(folder))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("mine.camel.yaml")
                .hasMessageContaining("UTF-8");
    }

    @Test
    void folderNamedLikeARouteFileIsRefused(@TempDir Path folder) throws Exception {
        Files.createDirectory(folder.resolve("mine.camel.yaml"));

        assertThatThrownBy(() -> RouteFiles.in(folder))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("mine.camel.yaml");
    }
}
