package io.tapsentinel.yamlroutes;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.config.EffectiveProperties;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.assertj.core.api.AbstractStringAssert;

/** The shipped route files with edits, as text. */
final class EditedSet {

    private static final Path FOLDER = Path.of("routes");

    final Map<String, String> properties = EffectiveProperties.load(Path.of("/nowhere"), Map.of());
    final SortedMap<String, String> texts = new TreeMap<>(RouteFiles.in(FOLDER).texts());

    List<String> problems() {
        return RouteContract.check(new RouteFiles(texts), properties);
    }

    /** Asserts that there is one problem. */
    AbstractStringAssert<?> assertOneProblem() {
        return assertThat(problems()).singleElement().asString();
    }

    /** Adds a route in a file of its own. */
    EditedSet route(String id, String from, String step) {
        return mine("- route:\n    id: %s\n    from:\n      uri: %s\n      steps:\n        - %s\n"
                .formatted(id, from, step));
    }

    /** Inserts a step first into before-messages-blocked; replaces an earlier one. Only its first line is indented here. */
    EditedSet before(String step) {
        String shipped = RouteFiles.in(FOLDER).texts().get(RoutesFixture.OPERATOR);
        String head = "      uri: direct:before-messages-blocked\n      steps:\n";
        assertThat(shipped).contains(head);
        texts.put(RoutesFixture.OPERATOR, shipped.replace(head, head + "        " + step + "\n"));
        return this;
    }

    /** Adds the file mine.camel.yaml. */
    EditedSet mine(String text) {
        texts.put("mine.camel.yaml", text);
        return this;
    }

    EditedSet edit(String file, String from, String to) {
        assertThat(texts.get(file)).contains(from);
        texts.put(file, texts.get(file).replace(from, to));
        return this;
    }
}
