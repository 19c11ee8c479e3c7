import type { Actor } from '../detect/finding.ts';
import { actorText } from '../sinks/finding-text.ts';
import { shortUser } from '../sinks/users.ts';
import type { ActorName } from './model.ts';

/** `sa:shop-prod/deployer as system:admin`. */
export function nameText({ username, impersonated }: ActorName): string {
  const actor: Actor = { username, groups: [] };
  return actorText(impersonated === null ? actor : { ...actor, impersonated }, shortUser);
}
