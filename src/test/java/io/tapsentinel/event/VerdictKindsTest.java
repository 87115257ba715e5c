package io.tapsentinel.event;

import static io.tapsentinel.event.VerdictChange.Kind.CAMPAIGN;
import static io.tapsentinel.event.VerdictChange.Kind.STATUS;
import static io.tapsentinel.event.VerdictChange.Kind.THREAT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The kind of change between two verdict digests. */
class VerdictKindsTest {

    private static final long BEFORE = message(threat("t1", "active", null));

    @Test
    void newStatusIsAStatusChange() {
        assertThat(VerdictDigest.kinds(BEFORE, message(threat("t1", "cleared", null))))
                .containsExactly(STATUS);
    }

    @Test
    void additionalThreatIsAThreatChangeOnly() {
        assertThat(VerdictDigest.kinds(BEFORE, message(threat("t2", "active", null), threat("t1", "active", null))))
                .containsExactly(THREAT);
    }

    @Test
    void newOrLostCampaignIsACampaignChange() {
        long campaign = message(threat("t1", "active", "c"));

        assertThat(VerdictDigest.kinds(BEFORE, campaign)).containsExactly(CAMPAIGN);
        assertThat(VerdictDigest.kinds(campaign, BEFORE)).containsExactly(CAMPAIGN);
    }

    @Test
    void severalKindsCanChangeTogether() {
        assertThat(VerdictDigest.kinds(BEFORE, message(threat("t1", "cleared", "c"))))
                .containsExactlyInAnyOrder(STATUS, CAMPAIGN);
        assertThat(VerdictDigest.kinds(BEFORE, message(threat("t3", "cleared", "c"))))
                .containsExactlyInAnyOrder(THREAT, CAMPAIGN);
    }

    @Test
    void orderOfThreatsIsNoChange() {
        long two = message(threat("t1", "active", null), threat("t2", "cleared", "c"));

        assertThat(VerdictDigest.kinds(two, message(threat("t2", "cleared", "c"), threat("t1", "active", null))))
                .isEmpty();
    }

    private static Map<String, Object> threat(String id, String status, String campaign) {
        Map<String, Object> threat = new HashMap<>(
                Map.of("threatID", id, "threatType", "url", "classification", "phish", "threatStatus", status));
        threat.put("campaignID", campaign);
        return threat;
    }

    private static long message(Map<?, ?>... threats) {
        return VerdictDigest.of(
                EventType.MESSAGES_DELIVERED, Map.of("threatsInfoMap", new ArrayList<>(List.of(threats))));
    }
}
