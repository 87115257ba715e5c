package io.tapsentinel.kubernetes;

import static io.tapsentinel.kubernetes.Manifests.built;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The overlays differ from each other only where intended. */
@Tag("full")
class OverlaysComparedIT {

    private static final String PRODUCTION = "overlays/production";
    private static final String REPLICAS = "overlays/replicas";
    private static final String PLAIN = "overlays/plain";

    @Test
    void aSingleReplicaHasItsOwnDisk() throws Exception {
        for (String name : List.of("base", PRODUCTION, PLAIN)) {
            PodFacts pod = PodFacts.of(built(name));
            assertThat(pod.deployed()).containsEntry("replicas", "1").containsEntry("strategy", "Recreate");
            assertThat(pod.mounts())
                    .containsOnly(
                            entry("/etc/tap-sentinel", "secret:tap-sentinel"),
                            entry("/tap-sentinel/routes", "configmap:tap-sentinel-routes"),
                            entry("/tap-sentinel/state", "pvc:tap-sentinel-state"),
                            entry("/tmp", "emptyDir:256Mi"));
            assertThat(Manifests.object(built(name), "PersistentVolumeClaim", "tap-sentinel-state"))
                    .isNotNull();
        }
    }

    @Test
    void replicasShareADatabaseOnly() throws Exception {
        List<JsonNode> objects = built(REPLICAS);
        PodFacts pod = PodFacts.of(objects);

        assertThat(pod.deployed()).containsEntry("replicas", "2").containsEntry("strategy", "RollingUpdate");
        assertThat(pod.mounts())
                .containsEntry("/tap-sentinel/state", "emptyDir:4Gi")
                .values()
                .noneMatch(source -> source.startsWith("pvc:"));
        assertThat(objects).noneMatch(one -> one.path("kind").asText().equals("PersistentVolumeClaim"));
        assertThat(pod.env().get("STATE_URL")).startsWith("jdbc:postgresql://").endsWith(":5432/tap");
        assertThat(pod.env())
                .containsKeys("STATE_USER", "STATE_PASSWORD_FILE")
                .containsEntry("TAP_REJECTED_URI", "azure-storage-blob:CHANGE-ME/tap-rejected");
        JsonNode database = Manifests.object(objects, "NetworkPolicy", "tap-sentinel-database");
        assertThat(database.at("/spec/egress").findValuesAsText("port")).containsExactly("5432");
        JsonNode budget =
                Manifests.object(objects, "PodDisruptionBudget", "tap-sentinel").path("spec");
        assertThat(budget.path("maxUnavailable").asInt()).isEqualTo(1);
        assertThat(budget.path("unhealthyPodEvictionPolicy").asText())
                .as("pods that wait for a person hold up no node")
                .isEqualTo("AlwaysAllow");
        JsonNode deployment =
                Manifests.object(objects, "Integration", "tap-sentinel").at("/spec/traits/deployment");
        assertThat(deployment.path("rollingUpdateMaxUnavailable").toString())
                .as("the old ones read on")
                .isEqualTo("0");
        assertThat(deployment.path("rollingUpdateMaxSurge").asInt())
                .as("with both 0 Kubernetes refuses it")
                .isPositive();
    }

    @Test
    void thePlainDeploymentEqualsThePodOfCamelK() throws Exception {
        assertThat(PodFacts.of(built(PLAIN))).isEqualTo(PodFacts.of(built(PRODUCTION)));
    }

    @Test
    void theReplicasOverlayDiffersFromProductionInSharedStateOnly() throws Exception {
        PodFacts one = PodFacts.of(built(PRODUCTION));
        PodFacts several = PodFacts.of(built(REPLICAS));

        assertThat(several.env()).containsAllEntriesOf(one.env());
        assertThat(several.probes()).isEqualTo(one.probes()).hasSize(3);
        assertThat(several.limits()).isEqualTo(one.limits()).hasSize(4);
        assertThat(several.labels()).isEqualTo(one.labels());
    }

    @Test
    void monitoringBuilds() throws Exception {
        assertThat(built("monitoring"))
                .extracting(one -> one.path("kind").asText())
                .containsExactlyInAnyOrder("PrometheusRule", "PodMonitor", "ConfigMap");
    }
}
