package io.tapsentinel.kubernetes;

import static io.tapsentinel.kubernetes.Manifests.built;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The commands of the Kubernetes page, as far as they can be checked without a cluster. */
@Tag("full")
class WalkThroughIT {

    private static final Path PAGE = Path.of("src/site/markdown/kubernetes.md");

    @Test
    void theOperatorVersionMatchesTheManifestsAndWatchesAllNamespaces() throws Exception {
        String version = Files.readString(Path.of("pom.xml")).replaceAll("(?s).*<camel-k.version>([^<]+)<.*", "$1");
        // continued lines
        String page = Files.readString(PAGE).replaceAll("\\\\\n\\s*", "");

        // --set would make it a boolean, which the chart refuses
        assertThat(page.lines().filter(line -> line.contains("helm install")))
                .singleElement()
                .asString()
                .contains("--version " + version + " ", "--set-string operator.global=true");
    }

    @Test
    void theRuntimeVersionIsTheIntegrations() throws Exception {
        String runtime = Manifests.document(Manifests.FOLDER.resolve("base/integration/integration.yaml"))
                .at("/spec/traits/camel/runtimeVersion")
                .asText();

        assertThat(Files.readString(PAGE)).contains("If it is not " + runtime + ", write it into");
    }

    @Test
    void everyAppliedFolderBuilds() throws Exception {
        List<String> folders = Pattern.compile("(?:-k|kustomize) kubernetes/(\\S+)")
                .matcher(Files.readString(PAGE))
                .results()
                .map(match -> match.group(1))
                .distinct()
                .toList();

        assertThat(folders)
                .hasSizeGreaterThan(1)
                .allSatisfy(folder -> assertThat(built(folder)).isNotEmpty());
    }
}
