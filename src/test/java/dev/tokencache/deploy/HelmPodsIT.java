package dev.tokencache.deploy;

/** Checks the same of the pods of {@code deploy/helm}, those of doctor and drill included. */
class HelmPodsIT extends KubernetesPodsIT {

    @Override
    KubernetesManifests manifests() {
        return KubernetesRenderings.helm(KubernetesRenderings.EVERYTHING);
    }
}
