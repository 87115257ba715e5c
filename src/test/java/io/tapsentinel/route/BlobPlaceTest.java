package io.tapsentinel.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.config.InvalidSettingException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlobPlaceTest {

    @Test
    void aContainerIsLookedAtEveryMinuteUnlessItSaysOtherwise() {
        assertThat(BlobPlace.of("azure-storage-blob:account/some-container"))
                .contains(new BlobPlace("account", "some-container", "", Duration.ofMinutes(1)));
        assertThat(BlobPlace.of("azure-storage-blob://account/answers?prefix=tap%2F2026/&delay=300000"))
                .contains(new BlobPlace("account", "answers", "tap/2026/", Duration.ofMinutes(5)));
        assertThat(BlobPlace.of("file:state/replay")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "azure-storage-blob:account",
                "azure-storage-blob:Account/answers",
                "azure-storage-blob:account/answers/tap",
                "azure-storage-blob:account/answers?delay=99",
                "azure-storage-blob:account/answers?delay=1m",
                "azure-storage-blob:account/answers?accessKey=hush",
                "azure-storage-blob:account/answers?hush"
            })
    void whatIsNoContainerOrHasAnotherOptionIsRefusedWithoutItsOptions(String uri) {
        assertThatThrownBy(() -> BlobPlace.of(uri))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("tap.replay.uri is \"azure-storage-blob:")
                .hasMessageContaining("it has to be")
                .hasMessageNotContaining("hush");
    }
}
