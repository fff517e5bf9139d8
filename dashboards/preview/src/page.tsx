import './pages.css';
import { useTheme2 } from '@grafana/ui';
import type { CSSProperties, ReactElement, ReactNode } from 'react';

/** The frame of a page that is no dashboard: the colours of the theme, by name. */
export function Page({ children }: { readonly children: ReactNode }): ReactElement {
  const { colors } = useTheme2();
  const named = {
    '--text': colors.text.primary,
    '--quiet': colors.text.secondary,
    '--link': colors.text.link,
    '--card': colors.background.primary,
    '--edge': colors.border.weak,
    '--code': colors.background.secondary,
    '--error': colors.error.text,
    '--warning': colors.warning.text,
    '--success': colors.success.text,
  };
  return (
    <div className="page" style={named as CSSProperties}>
      {children}
    </div>
  );
}
